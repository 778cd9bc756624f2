using System.Reflection;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>What compilers for GPUs make of the kernels of training, read without a GPU.</summary>
public sealed class TrainingKernelTests(OfflineCompiler compiler) : IClassFixture<OfflineCompiler>
{
    [Fact]
    public void Kernels_of_the_library_compile_without_spills_and_divide_in_no_loop()
    {
        var others = typeof(TrainingKernels).GetMethods(BindingFlags.Static | BindingFlags.Public).Concat(typeof(ImageGradients).GetMethods(BindingFlags.Static | BindingFlags.Public)).Select(method => method.Name);

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
            Assert.DoesNotContain(ptx.Loops.SelectMany(ptx.Of), PtxTests.IsIntegerDivision);
        }

        Assert.Contains("kernel void", compiler.OpenCL(kernel, isGrouped), StringComparison.Ordinal);
    }
}
