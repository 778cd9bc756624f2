using System.Reflection;
using ILGPU;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>What compilers for GPUs make of the kernels of training, read without a GPU.</summary>
public sealed class TrainingKernelTests(OfflineCompiler compiler) : IClassFixture<OfflineCompiler>
{
    [Fact]
    public void Kernels_of_the_library_compile_without_spills_and_divide_in_no_loop()
    {
        var others = new[] { typeof(TrainingKernels), typeof(ImageGradients), typeof(MatrixKernels), typeof(PlaneKernels), typeof(TableKernels) }.SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public)).Select(method => method.Name).Append(nameof(RandomKernels.Dither));

        Assert.Empty(others.Except(TrainingCatalog.Library.Select(kernel => kernel.Method.Name)));
        Assert.All(TrainingCatalog.Library, kernel => Compiles(kernel.Method, kernel.IsGrouped));
    }

    [Fact]
    public void Generated_kernels_compile_and_keep_the_promise_of_their_loads_and_stores()
    {
        Assert.NotEmpty(TrainingCatalog.Generated);
        Assert.All(TrainingCatalog.Generated.Values, kernel => Compiles(kernel, TrainingCatalog.IsGrouped(kernel)));
        Assert.Contains("gradV, gradAByRow, totalByRow: 48 rows of 64; 2 loads and 1 store for each value", TrainingCatalog.Run.File("M+BLayerOnDevice.g.cs"), StringComparison.Ordinal);
        var ptx = compiler.Ptx(TrainingCatalog.Generated["BLayer.GradVRowsKernel"], isGrouped: true);
        var loop = ptx.InnerLoops.Single(candidate => ptx.Of(candidate).Any(instruction => instruction.Operation.StartsWith("st.global", StringComparison.Ordinal)));
        Assert.Equal(2, ptx.Of(loop).Count(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal)));
        Assert.Equal(1, ptx.Of(loop).Count(instruction => instruction.Operation.StartsWith("st.global", StringComparison.Ordinal)));
    }

    [Fact]
    public void Kernels_of_tables_and_of_users_formulas_compile_without_spills()
    {
        var run = GeneratorRun.OnDevice("""
            using static LayerDsl.Functions;
            [Reparameterization] public static partial class Mixed
            {
                public static Weight Map([Shape("p", "q")] Weight a, [Shape("out / p", "in / q")] Weight b, [Shape("out + in - 1")] Weight d, int p, int q, [Size("out")] int rows, [Size("in")] int columns) =>
                    Kronecker(Sin(a) + Tan(a), b) + Functions.Toeplitz(d, rows, columns);
            }
            [LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor>
            {
                [Linear(64, 32), Quantize(Bits = 4, Scheme = Scheme.Nf4, Granularity = Granularity.Group, GroupSize = 16)] public partial Layer A { get; }
                [Linear(32, 32), Quantize(Scheme = Scheme.Fp8E5M2)] public partial Layer B { get; }
                [Linear(32, 32), Quantize(Scheme = Scheme.Apot, Granularity = Granularity.Tensor)] public partial Layer C { get; }
                [Linear(32, 32), Compander, Quantize(Bits = 4, Rounding = Rounding.Stochastic)] public partial Layer D { get; }
                [Linear(32, 16), Reparam(typeof(Mixed), 4, 8)] public partial Layer E { get; }
                [Linear(16, 16), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationScheme = Scheme.Lsq)] public partial Layer F { get; }
                [Linear(16, 16), Quantize(Bits = 4, Scheme = Scheme.Binary, Activations = true, ActivationScheme = Scheme.Pact)] public partial Layer G { get; }
                [Linear(16, 16), Quantize(Activations = true)] public partial Layer H { get; }
                public override Tensor forward(Tensor x) => H.forward(G.forward(F.forward(E.forward(D.forward(C.forward(B.forward(A.forward(x))))))));
            }
            """);
        var kernels = Kernels(run);

        Assert.All(kernels, kernel => Compiles(kernel, kernel.GetParameters()[0].ParameterType != typeof(Index1D)));
        Assert.Contains("rounded: 128 rows of 16; 2 loads and 1 store for each value", run.File("M+ALayerOnDevice.g.cs"), StringComparison.Ordinal);
    }

    private static MethodInfo[] Kernels(GeneratorRun run) => [.. run.Load().GetType("M")!.GetNestedTypes().Where(type => type.Name.EndsWith("OnDevice", StringComparison.Ordinal))
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic)).Where(method => method.ReturnType == typeof(void))];

    [Theory]
    [InlineData("AdamW", 4, 3)]
    [InlineData("SgdMomentum", 3, 2)]
    [InlineData("Sgd", 2, 1)]
    public void An_update_loads_and_stores_each_value_once(string name, int loads, int stores)
    {
        var ptx = compiler.Ptx(TrainingCatalog.Library.Single(kernel => kernel.Name == name).Method, isGrouped: false);

        Assert.Equal(loads, ptx.Instructions.Count(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal)));
        Assert.Equal(stores, ptx.Instructions.Count(instruction => instruction.Operation.StartsWith("st.global", StringComparison.Ordinal)));
    }

    private void Compiles(MethodInfo kernel, bool isGrouped)
    {
        foreach (var architecture in OfflineCompiler.Architectures)
        {
            var ptx = compiler.Ptx(kernel, isGrouped, architecture);
            Assert.DoesNotContain(".local", ptx.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(ptx.Instructions, instruction => instruction.Operation.StartsWith("atom", StringComparison.Ordinal) || instruction.Operation.StartsWith("red.", StringComparison.Ordinal));
            Assert.DoesNotContain(ptx.Loops.SelectMany(ptx.Of), PtxTests.IsIntegerDivision);
        }

        Assert.Contains("kernel void", compiler.OpenCL(kernel, isGrouped), StringComparison.Ordinal);
    }
}
