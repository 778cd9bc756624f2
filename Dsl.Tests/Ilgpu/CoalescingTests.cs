using System.Runtime.InteropServices;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>
/// Where the 32 threads of a warp reach into memory together, found by interpreting the PTX: a GPU reads sectors of 32 bytes, and every byte of every sector that is read should be
/// used.
/// </summary>
public sealed class CoalescingTests(OfflineCompiler compiler) : IClassFixture<OfflineCompiler>
{
    private const int WarpSize = 32;
    private const int Sector = 32;
    private const int Columns = 2048;
    private const int Outputs = 8;
    private const long Inputs = 1L << 32;
    private const long Words = 2L << 32;
    private const long Scales = 3L << 32;
    private const long Results = 4L << 32;

    [Theory]
    [InlineData("dot 4-bit", 4)]
    [InlineData("dot 8-bit", 8)]
    [InlineData("dot 2-bit", 2)]
    [InlineData("dot 4-bit powers of two", 4)]
    [InlineData("dot f32", 32)]
    [InlineData("dot f16", 16)]
    public void A_warp_of_a_dot_product_uses_every_byte_that_it_reads(string name, int bits)
    {
        var accesses = Warp(name, bits, threads: 64);

        // In each turn a warp reads the octets of 32 threads: of the inputs, and of the weights of each of four outputs.
        foreach (var turn in accesses.Where(access => !access.IsStore).GroupBy(access => access.Time))
        {
            Assert.Equal(WarpSize * Octet.Count * sizeof(float), SectorBytes(turn, Inputs));
            Assert.Equal(ProductKernels.OutputsPerGroup * WarpSize * Octet.Count * bits / 8, SectorBytes(turn, Words));
            Assert.Equal(1, Efficiency(turn, Inputs));
            Assert.Equal(1, Efficiency(turn, Words));
        }

        Assert.Equal(Columns / Octet.Count / 64, accesses.Max(access => access.Time) + 1);
    }

    [Theory]
    [InlineData("tiled f32", 32)]
    [InlineData("tiled f16", 16)]
    [InlineData("tiled 4-bit", 4)]
    public void A_group_of_a_tile_uses_every_byte_that_it_reads_and_stores_whole_sectors(string name, int bits)
    {
        const int Side = 64;
        var accesses = Run(name, bits, threads: 256, count: 256, rows: Side, outputs: Side, columns: Side);

        Assert.Equal(1, Efficiency(accesses, Inputs));
        Assert.Equal(1, Efficiency(accesses, Words));
        Assert.Equal(1, Efficiency(accesses, Results));
        Assert.Equal(Side * Side, accesses.Count(access => access.IsStore));
        Assert.Equal(Side * Side * sizeof(float), accesses.Where(access => !access.IsStore && access.Address >> 32 == Inputs >> 32).Sum(access => access.Bytes));
        Assert.Equal(Side * Side * bits / 8, accesses.Where(access => !access.IsStore && access.Address >> 32 == Words >> 32).Sum(access => access.Bytes));
    }

    [Fact]
    public void The_measure_sees_what_is_scattered()
    {
        var scattered = Enumerable.Range(0, WarpSize).Select(thread => new PtxAccess(1, 0, Inputs + (thread * 128), 4, false)).ToArray();

        Assert.Equal(4.0 / Sector, Efficiency(scattered, Inputs));
    }

    private PtxAccess[] Warp(string name, int bits, int threads) => Run(name, bits, threads, WarpSize, 1, Outputs, Columns);

    private PtxAccess[] Run(string name, int bits, int threads, int count, int rows, int outputs, int columns)
    {
        var kernel = KernelCatalog.Named(name);
        var ptx = compiler.Ptx(kernel.Method, kernel.IsGrouped);
        var parameters = Parameters(bits, rows, outputs, columns);
        return [.. Enumerable.Range(0, count).SelectMany(thread => new PtxThread(ptx, parameters, Place(thread, threads)).Run())];
    }

    private static Dictionary<string, long> Place(int thread, int threads) => new()
    {
        ["%tid.x"] = thread,
        ["%tid.y"] = 0,
        ["%tid.z"] = 0,
        ["%ntid.x"] = threads,
        ["%ctaid.x"] = 0,
        ["%ctaid.y"] = 0,
        ["%ctaid.z"] = 0,
    };

    /// <summary>The parameters of a product: sizes, and addresses far apart.</summary>
    private static Dictionary<string, long> Parameters(int bits, int rows, int outputs, int columns)
    {
        var shape = new ProductShape(rows, outputs, new Columns(columns, columns), Segment.None, Segment.None, Segment.None);
        var words = MemoryMarshal.Cast<byte, int>(MemoryMarshal.AsBytes(new Span<ProductShape>(ref shape))).ToArray();
        var parameters = words.Select((value, k) => (Key: $"shape+{4 * k}", value)).ToDictionary(pair => pair.Key, pair => (long)pair.value);
        foreach (var (key, value) in new (string, long)[]
        {
            ("x+0", Inputs), ("x+16", columns / 4),
            ("weights+0", Words),
            ("weights+16", bits > 8 ? columns / Octet.Count : Scales), // octets of a row, or the scales of codes
            ("weights+48", columns * bits / 32), // words of a row
            ("weights+52", 1), // scales of a row
            ("place+0", outputs),
            ("y+0", Results),
            ("epilogue+32", BitConverter.SingleToInt32Bits(1)),
        })
        {
            parameters[key] = value;
        }

        return parameters;
    }

    private static HashSet<long> BytesOf(IEnumerable<PtxAccess> accesses, long region) =>
        [.. accesses.Where(access => access.Address >> 32 == region >> 32).SelectMany(access => Enumerable.Range(0, access.Bytes).Select(k => access.Address + k))];

    private static long SectorBytes(IEnumerable<PtxAccess> accesses, long region) => BytesOf(accesses, region).Select(address => address / Sector).Distinct().Count() * (long)Sector;

    private static double Efficiency(IEnumerable<PtxAccess> accesses, long region)
    {
        var all = accesses.ToArray();
        return BytesOf(all, region).Count / (double)SectorBytes(all, region);
    }
}
