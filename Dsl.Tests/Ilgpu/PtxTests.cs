namespace LayerDsl.Tests.Ilgpu;

/// <summary>What a compiler for a GPU makes of every kernel, read without a GPU.</summary>
public sealed class PtxTests(OfflineCompiler compiler) : IClassFixture<OfflineCompiler>
{
    public static TheoryData<string> Architectures => new(OfflineCompiler.Architectures);

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_kernel_compiles_without_spills_and_divides_in_no_loop_over_memory(string architecture)
    {
        Assert.All(KernelCatalog.All, kernel =>
        {
            var ptx = compiler.Ptx(kernel.Method, kernel.IsGrouped, architecture);

            // ILGPU names an older target where it knows no instruction of the newer one: what is compiled for that runs on the newer.
            Assert.InRange(ptx.Target, 70, int.Parse(architecture[3..], System.Globalization.CultureInfo.InvariantCulture));
            Assert.DoesNotContain(".local", ptx.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(ptx.Loops.SelectMany(ptx.Of), IsIntegerDivision);
        });
    }

    [Fact]
    public void Products_load_vectors_and_words_and_nothing_twice()
    {
        Assert.All(KernelCatalog.All.Where(kernel => kernel.Name.StartsWith("dot", StringComparison.Ordinal) && !kernel.Name.Contains("planes", StringComparison.Ordinal)), kernel =>
        {
            var loads = LoopLoads(compiler.Ptx(kernel.Method, kernel.IsGrouped));
            var isPacked = kernel.Name.Contains("bit", StringComparison.Ordinal);

            // Eight inputs are two vectors. Of packed weights each of the four outputs has a scale and a zero point beside its words.
            Assert.Equal(2, loads.Count(load => load.Operation == "ld.global.v4.f32") - (kernel.Name == "dot f32" ? 8 : 0));
            Assert.Equal(isPacked ? 8 : 0, loads.Count(load => load.Operation == "ld.global.f32"));
            Assert.Equal(kernel.Name.Contains("8-bit", StringComparison.Ordinal) ? 8 : isPacked ? 4 : 0, loads.Count(load => load.Operation == "ld.global.b32"));
        });
    }

    [Fact]
    public void The_inner_loop_of_a_tile_is_two_vectors_and_sixteen_products()
    {
        Assert.All(KernelCatalog.All.Concat(TrainingCatalog.Library).Where(kernel => kernel.Name.StartsWith("tiled", StringComparison.Ordinal)), kernel =>
        {
            var ptx = compiler.Ptx(kernel.Method, kernel.IsGrouped);
            var loop = ptx.InnerLoops.Single(candidate => ptx.Of(candidate).Any(instruction => instruction.Operation == "ld.shared.v4.f32"));
            var body = ptx.Of(loop).Select(instruction => instruction.Operation).ToArray();

            Assert.Equal(2, body.Count(operation => operation.StartsWith("ld.", StringComparison.Ordinal)));
            Assert.Equal(16, body.Count(operation => operation is "mul.f32" or "fma.rn.f32"));
            Assert.DoesNotContain(body, operation => operation.StartsWith("st.", StringComparison.Ordinal) || operation.StartsWith("bar", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("batch norm", 3, 1)]
    [InlineData("rounded inputs", 1, 1)]
    [InlineData("embedding", 2, 1)]
    public void A_kernel_value_by_value_loads_and_stores_each_value_once(string name, int loads, int stores)
    {
        var kernel = KernelCatalog.Named(name);
        var ptx = compiler.Ptx(kernel.Method, kernel.IsGrouped);

        Assert.Equal(loads, ptx.Instructions.Count(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal)));
        Assert.Equal(stores, ptx.Instructions.Count(instruction => instruction.Operation.StartsWith("st.global.f32", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_reader_of_PTX_finds_what_it_looks_for()
    {
        var ptx = new PtxText(".visible .entry K(\n)\n{\n.reg .b32 %r<4>;\n.local .align 4 .b8 __local[16];\nL_1:\n@%p1 bra L_2;\ndiv.s32 %r1, %r2, %r3;\nld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%rd1+16];\nbra.uni L_1;\nL_2:\nret;\n}");

        Assert.Equal([6, 7, 8, 9], Assert.Single(ptx.InnerLoops).Lines.Order());
        Assert.Contains(ptx.Of(ptx.Loops[0]), IsIntegerDivision);
        Assert.Equal(16, PtxText.BytesOf(Assert.Single(ptx.Instructions, instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal))));
        Assert.Equal(3, ptx.Registers["b32"]);
    }

    internal static int LoadedBytes(PtxText ptx, PtxLoop loop) => GlobalLoads(ptx, loop).Sum(PtxText.BytesOf);

    private static IReadOnlyList<PtxInstruction> LoopLoads(PtxText ptx) => [.. GlobalLoads(ptx, ptx.InnerLoops.MaxBy(loop => LoadedBytes(ptx, loop))!)];

    private static IEnumerable<PtxInstruction> GlobalLoads(PtxText ptx, PtxLoop loop) => ptx.Of(loop).Where(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal));

    internal static bool IsIntegerDivision(PtxInstruction instruction) =>
        (instruction.Operation.StartsWith("div", StringComparison.Ordinal) || instruction.Operation.StartsWith("rem", StringComparison.Ordinal)) && !instruction.Operation.Contains(".f", StringComparison.Ordinal);
}
