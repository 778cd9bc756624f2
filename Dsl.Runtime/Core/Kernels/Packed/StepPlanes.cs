using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// Steps of inputs as planes of signed 8-bit numbers: one, or step = plane 0 + 2 · plane 1 with numbers from -127 to 127. Groups are filled up with zeros.
/// </summary>
/// <param name="shape">Sizes.</param>
/// <param name="count">1 or 2 planes.</param>
/// <param name="codes">(rows, planes, padded columns).</param>
/// <param name="sums">(rows, groups): sums of steps.</param>
/// <param name="levelStep">What whole levels of the weight are counted in, a power of two.</param>
internal readonly ref struct StepPlanes(TileShape shape, int count, Span<sbyte> codes, Span<double> sums, double levelStep)
{
    private readonly Span<sbyte> codes = codes;
    private readonly Span<double> sums = sums;

    /// <summary>How many planes.</summary>
    public int Count => count;

    /// <summary>From one row to the next.</summary>
    public int RowLength => count * shape.PaddedColumns;

    /// <summary>How many planes the steps of a grid need.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="weight">What they are multiplied with: a code may meet -128, a number with a sign may not.</param>
    public static int CountFor(ActivationGrid grid, TiledWeight weight)
    {
        var least = weight.Grid.IsEven && weight.Tiles.Shape.Bits < 8 ? sbyte.MinValue : -sbyte.MaxValue;
        return grid.Format.Highest - grid.ZeroPoint <= sbyte.MaxValue && grid.Format.Lowest - grid.ZeroPoint >= least ? 1 : 2;
    }

    /// <summary>The numbers of a plane of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Plane(int row, int plane) =>
        ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(codes), (((nint)row * count) + plane) * shape.PaddedColumns));

    /// <summary>The sum of a group's steps, in units of the levels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum(int row, int group) => Unsafe.Add(ref MemoryMarshal.GetReference(sums), (row * shape.Groups) + group);

    /// <summary>Splits the steps of a row.</summary>
    public void Split(int row, ReadOnlySpan<short> steps)
    {
        var target = codes.Slice(row * RowLength, RowLength);
        for (var group = 0; group < shape.Groups; group++)
        {
            var (first, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1));
            var (start, _) = shape.ColumnsOf(first);
            var (final, columns) = shape.ColumnsOf(last - 1);
            var part = steps[start..(final + columns)];
            var (from, length) = (first * TileShape.BlockColumns, (last - first) * TileShape.BlockColumns);
            if (count == 1)
            {
                Whole(part, target.Slice(from, length));
            }
            else
            {
                Halves(part, target.Slice(from, length), target.Slice(shape.PaddedColumns + from, length));
            }

            sums[(row * shape.Groups) + group] = SumOf(part) / levelStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Whole(ReadOnlySpan<short> steps, Span<sbyte> target)
    {
        var k = 0;
        for (; k + Vector<sbyte>.Count <= steps.Length; k += Vector<sbyte>.Count)
        {
            Vector.Narrow(new Vector<short>(steps[k..]), new Vector<short>(steps[(k + Vector<short>.Count)..])).CopyTo(target[k..]);
        }

        target[k..].Clear();
        for (; k < steps.Length; k++)
        {
            target[k] = (sbyte)steps[k];
        }
    }

    /// <summary>Halves towards zero, and what is left over: -1, 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Halves(ReadOnlySpan<short> steps, Span<sbyte> rests, Span<sbyte> halves)
    {
        var k = 0;
        for (; k + Vector<sbyte>.Count <= steps.Length; k += Vector<sbyte>.Count)
        {
            var (low, high) = (new Vector<short>(steps[k..]), new Vector<short>(steps[(k + Vector<short>.Count)..]));
            var (halfLow, halfHigh) = ((low - (low >> 15)) >> 1, (high - (high >> 15)) >> 1);
            Vector.Narrow(halfLow, halfHigh).CopyTo(halves[k..]);
            Vector.Narrow(low - (halfLow << 1), high - (halfHigh << 1)).CopyTo(rests[k..]);
        }

        rests[k..].Clear();
        halves[k..].Clear();
        for (; k < steps.Length; k++)
        {
            (rests[k], halves[k]) = ((sbyte)(steps[k] % 2), (sbyte)(steps[k] / 2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumOf(ReadOnlySpan<short> steps)
    {
        var (total, k) = (Vector<int>.Zero, 0);
        for (; k + Vector<short>.Count <= steps.Length; k += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(steps[k..]), out var low, out var high);
            total += low + high;
        }

        var sum = Vector.Sum(total);
        for (; k < steps.Length; k++)
        {
            sum += steps[k];
        }

        return sum;
    }
}
