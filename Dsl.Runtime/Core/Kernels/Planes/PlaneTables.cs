using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// Tables of signed sums of inputs (LUT-GEMM, Park et al. 2022, arXiv 2206.09557; ShiftAddLLM, You et al. 2024, arXiv 2406.05981). The 256 sums of 8 inputs are T[k mod 16] + T'[k / 16] with tables of 4 inputs each, whose 16
/// entries fit into a byte shuffle: byte j of all entries is a vector. A block of 32 columns takes 512 bytes: for inputs 0 to 3 and then for 4 to 7 of each 8, for bytes 0 to 3, for each 8
/// inputs, 16 bytes.
/// </summary>
internal static class PlaneTables
{
    /// <summary>Bytes of the tables of a block.</summary>
    public const int BlockBytes = 512;

    /// <summary>Bytes from one half of 8 inputs to the other.</summary>
    public const int HalfBytes = 256;

    /// <summary>Bytes from one byte of entries to the next.</summary>
    public const int PlaneBytes = 64;

    private const int EntryCount = 16;

    /// <summary>Fills the tables of a row of inputs.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">The row.</param>
    /// <param name="tables">Room for <see cref="BlockBytes"/> for each block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(TileShape shape, ReadOnlySpan<float> x, Span<byte> tables)
    {
        Span<float> inputs = stackalloc float[TileShape.BlockColumns];
        for (var block = 0; block < shape.Blocks; block++)
        {
            var (first, count) = shape.ColumnsOf(block);
            inputs.Clear();
            x.Slice(first, count).CopyTo(inputs);
            var target = tables.Slice(block * BlockBytes, BlockBytes);
            for (var quad = 0; quad < TileShape.BlockColumns / TileShape.Quad; quad++)
            {
                Fill(inputs.Slice(quad * TileShape.Quad, TileShape.Quad), target[((quad % 2 * HalfBytes) + (quad / 2 * EntryCount))..]);
            }
        }
    }

    /// <summary>Entry k is Σ_t (bit t of k ? x_t : -x_t).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(ReadOnlySpan<float> x, Span<byte> target)
    {
        var low = Vector128.Create(-x[0] - x[1], x[0] - x[1], x[1] - x[0], x[0] + x[1]);
        var a = Bytes(low + Vector128.Create(-x[2] - x[3]));
        var b = Bytes(low + Vector128.Create(x[2] - x[3]));
        var c = Bytes(low + Vector128.Create(x[3] - x[2]));
        var d = Bytes(low + Vector128.Create(x[2] + x[3]));

        // Words of a, b, c and d: word j holds byte j of four entries.
        var (first, second) = (Lanes128.InterleaveLow32(a, b), Lanes128.InterleaveLow32(c, d));
        var (third, fourth) = (Lanes128.InterleaveHigh32(a, b), Lanes128.InterleaveHigh32(c, d));
        Vector128.Create(first.GetLower(), second.GetLower()).CopyTo(target);
        Vector128.Create(first.GetUpper(), second.GetUpper()).CopyTo(target[PlaneBytes..]);
        Vector128.Create(third.GetLower(), fourth.GetLower()).CopyTo(target[(2 * PlaneBytes)..]);
        Vector128.Create(third.GetUpper(), fourth.GetUpper()).CopyTo(target[(3 * PlaneBytes)..]);
    }

    /// <summary>Bytes 0 of four floats, then bytes 1, 2 and 3.</summary>
    private static Vector128<byte> Bytes(Vector128<float> values) =>
        Lanes128.Lookup(values.AsByte(), Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}
