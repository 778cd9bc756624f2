using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// The tables of <see cref="PlaneTables"/> with whole numbers in place of floats: digits of 7 bits, a byte each, need no more than additions of bytes and of 16 bits, where floats have to be put
/// together out of their bytes first. Entries hold half of their range more, so that no digit has a sign. A block of 32 columns takes, for inputs 0 to 3 and then for 4 to 7 of each 8, for each byte of
/// entries, 4 times 16 bytes.
/// </summary>
/// <param name="shape">Sizes.</param>
/// <param name="entryBytes">Bytes of an entry: 1, 2 or 4.</param>
internal readonly struct WholeTables(TileShape shape, int entryBytes)
{
    /// <summary>Bytes from one byte of entries to the next.</summary>
    public const int PlaneBytes = 64;

    private const int EntryCount = 16;

    /// <summary>Inputs of 32 bits are counted in steps of their largest magnitude / this.</summary>
    private const int LargestInput = (1 << 25) - 16;

    /// <summary>A larger sum of four inputs, or a smaller step, would be no normal number.</summary>
    private const float LargestMagnitude = 1e37f;
    private const float LeastMagnitude = 1e-28f;

    /// <summary>What entries hold more.</summary>
    private int Middle => 1 << ((7 * entryBytes) - 1);

    /// <summary>Bytes of the tables of a block.</summary>
    public int BlockBytes => 2 * PlaneBytes * entryBytes;

    /// <summary>Fills the tables of a row of floats.</summary>
    /// <param name="x">The row.</param>
    /// <param name="steps">What the entries of a run of blocks are counted in.</param>
    /// <param name="tables">Room for <see cref="BlockBytes"/> for each block.</param>
    /// <returns>Whether they can be counted in steps: they are finite, and of no extreme size.</returns>
    public bool TryFill(ReadOnlySpan<float> x, Span<float> steps, Span<byte> tables)
    {
        var run = 0;
        for (var group = 0; group < shape.Groups; group++)
        {
            var last = shape.FirstBlock(group + 1);
            for (var first = shape.FirstBlock(group); first < last; first += PlaneWeight.RunBlocks, run++)
            {
                var stop = Math.Min(first + PlaneWeight.RunBlocks, last);
                var (start, _) = shape.ColumnsOf(first);
                var (final, columns) = shape.ColumnsOf(stop - 1);
                var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(x[start..(final + columns)]));

                if (largest is not (0 or (>= LeastMagnitude and <= LargestMagnitude)))
                {
                    return false;
                }

                steps[run] = largest / LargestInput;
                Fill(x, first, stop, largest == 0 ? 0 : LargestInput / largest, tables);
            }
        }

        return true;
    }

    /// <summary>Fills the tables of a row of whole numbers.</summary>
    /// <param name="x">The row.</param>
    /// <param name="tables">Room for <see cref="BlockBytes"/> for each block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<short> x, Span<byte> tables)
    {
        Span<int> whole = stackalloc int[TileShape.BlockColumns];
        for (var block = 0; block < shape.Blocks; block++)
        {
            var (first, count) = shape.ColumnsOf(block);
            whole.Clear();
            for (var k = 0; k < count; k++)
            {
                whole[k] = x[first + k];
            }

            Fill(whole, tables.Slice(block * BlockBytes, BlockBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(ReadOnlySpan<float> x, int block, int last, float factor, Span<byte> tables)
    {
        Span<float> inputs = stackalloc float[TileShape.BlockColumns];
        Span<int> whole = stackalloc int[TileShape.BlockColumns];
        for (; block < last; block++)
        {
            var (from, count) = shape.ColumnsOf(block);
            inputs.Clear();
            x.Slice(from, count).CopyTo(inputs);
            for (var k = 0; k < TileShape.BlockColumns; k += Vector128<int>.Count)
            {
                Vector128.ConvertToInt32(Vector128.Round(Vector128.LoadUnsafe(ref inputs[k]) * factor)).StoreUnsafe(ref whole[k]);
            }

            Fill(whole, tables.Slice(block * BlockBytes, BlockBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(ReadOnlySpan<int> x, Span<byte> block)
    {
        for (var quad = 0; quad < TileShape.BlockColumns / TileShape.Quad; quad++)
        {
            Fill(x.Slice(quad * TileShape.Quad, TileShape.Quad), block, (quad % 2 * PlaneBytes * entryBytes) + (quad / 2 * EntryCount));
        }
    }

    /// <summary>Entry k is Σ_t (bit t of k ? x_t : -x_t).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(ReadOnlySpan<int> x, Span<byte> block, int start)
    {
        var low = Vector128.Create(-x[0] - x[1], x[0] - x[1], x[1] - x[0], x[0] + x[1]) + Vector128.Create(Middle);
        var a = Bytes(low + Vector128.Create(-x[2] - x[3]));
        var b = Bytes(low + Vector128.Create(x[2] - x[3]));
        var c = Bytes(low + Vector128.Create(x[3] - x[2]));
        var d = Bytes(low + Vector128.Create(x[2] + x[3]));

        // Words of a, b, c and d: word j holds byte j of four entries.
        var (first, second) = (Lanes128.InterleaveLow32(a, b), Lanes128.InterleaveLow32(c, d));
        Vector128.Create(first.GetLower(), second.GetLower()).CopyTo(block[start..]);
        if (entryBytes > 1)
        {
            Vector128.Create(first.GetUpper(), second.GetUpper()).CopyTo(block[(start + PlaneBytes)..]);
        }

        if (entryBytes > 2)
        {
            var (third, fourth) = (Lanes128.InterleaveHigh32(a, b), Lanes128.InterleaveHigh32(c, d));
            Vector128.Create(third.GetLower(), fourth.GetLower()).CopyTo(block[(start + (2 * PlaneBytes))..]);
            Vector128.Create(third.GetUpper(), fourth.GetUpper()).CopyTo(block[(start + (3 * PlaneBytes))..]);
        }
    }

    /// <summary>Digits 0 of four numbers, then digits 1, 2 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(Vector128<int> values) =>
        Lanes128.Lookup(
            ((values & Vector128.Create(0x7F)) | ((values & Vector128.Create(0x7F << 7)) << 1) | ((values & Vector128.Create(0x7F << 14)) << 2) | ((values & Vector128.Create(0x7F << 21)) << 3)).AsByte(),
            Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}
