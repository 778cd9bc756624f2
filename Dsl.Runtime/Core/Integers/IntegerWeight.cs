using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// A weight in codes whose levels are whole numbers times 2^-k, or, with powers of √2, the sum of such and √2 times such: with inputs in codes its products are Σ (qx - zx) · (qw - zw), exact in integers,
/// and one scale for every output, or for every group of inputs of an output. The differences fit into 16 bits, so that no correction terms remain.
/// </summary>
internal sealed class IntegerWeight
{
    private const int MostShift = 31;
    private const double LargestWhole = 1L << 34;

    /// <summary>The largest odd part of a level: any float32 is a whole multiple of some power of two, which says nothing.</summary>
    private const long LargestOdd = 1 << 10;

    private readonly QuantizedWeight weight;
    private readonly IntegerKernel kernel;
    private readonly long factor;

    private IntegerWeight(QuantizedWeight weight, IntegerKernel kernel, long factor) => (this.weight, this.kernel, this.factor) = (weight, kernel, factor);

    /// <summary>The kernel in use.</summary>
    internal IntegerKernel Kernel => kernel;

    /// <summary>
    /// Where levels are powers of √2: this weight stands for the even ones, and that one for the odd ones divided by √2. Its sums are to be multiplied by √2 and added.
    /// </summary>
    public IntegerWeight? Odd { get; private set; }

    /// <summary>Bytes of an unpacked row.</summary>
    public int RowBytes => checked(weight.Codes.Columns * kernel.Size);

    /// <summary>The scale of a row whose weights all share it, its levels counted in steps.</summary>
    /// <param name="row">The row.</param>
    public double ScaleOf(int row) => weight.Scales[ScaleOf(row, 0)] / (double)factor;

    /// <summary>Weights that share a scale: neighbours of a row.</summary>
    private int Group => GroupOf(weight);

    /// <summary>The integer form of a weight, or null where its levels are not whole multiples of one step, as those of binary planes, or its sums may leave 64 bits.</summary>
    public static IntegerWeight? Of(QuantizedWeight weight, ActivationFormat inputs)
    {
        if (weight.Format.Planes == 0 && weight.Format.Scheme == "LogSqrt2" && weight.Zeros.IsEmpty)
        {
            return ByParity(weight, inputs);
        }

        if (weight.Format.Planes > 0 || WholeFactor(weight.Format.Levels) is not { } factor || weight.Zeros.ToArray().Any(zero => zero != MathF.Round(zero) || Math.Abs(zero) > short.MaxValue))
        {
            return null;
        }

        var levels = weight.Format.Levels.Select(level => (long)(level * (double)factor)).ToArray();
        var (least, most) = weight.Zeros.IsEmpty ? (0L, 0L) : ((long)TensorPrimitives.Min(weight.Zeros) * factor, (long)TensorPrimitives.Max(weight.Zeros) * factor);
        var largest = Math.Max(Math.Abs(levels.Min() - most), Math.Abs(levels.Max() - least));

        // No sum over a group is larger than this, whatever the codes are.
        var bound = (Int128)GroupOf(weight) * inputs.Span * largest;
        return bound > long.MaxValue ? null : new IntegerWeight(weight, KernelFor(weight, levels, largest, bound <= int.MaxValue), factor);
    }

    /// <summary>Unpacks a row of codes.</summary>
    /// <param name="row">The row.</param>
    /// <param name="weights">Room for <see cref="RowBytes"/>.</param>
    public void Unpack(int row, Span<byte> weights)
    {
        var columns = weight.Codes.Columns;
        using var buffer = new PooledBuffer((columns + sizeof(float) - 1) / sizeof(float));
        var codes = MemoryMarshal.AsBytes(buffer.Span)[..columns];
        weight.Codes.Read(row, codes);
        for (var start = 0; start < columns; start += Group)
        {
            var count = Math.Min(Group, columns - start);
            var zero = weight.Zeros.IsEmpty ? 0 : (long)weight.Zeros[ScaleOf(row, start)] * factor;
            kernel.Unpack(codes.Slice(start, count), zero, weights.Slice(start * kernel.Size, count * kernel.Size));
        }
    }

    /// <summary>Σ over groups of scale · Σ steps · weights: one output, without the scale of the input and the bias.</summary>
    /// <param name="row">The row of the weight.</param>
    /// <param name="weights">The row, unpacked.</param>
    /// <param name="steps">The codes of the input less their zero point.</param>
    public double Dot(int row, ReadOnlySpan<byte> weights, ReadOnlySpan<short> steps)
    {
        var first = ScaleOf(row, 0);
        return kernel.Dot(steps, weights, Group, weight.Scales.Slice(first, (steps.Length + Group - 1) / Group)) / factor;
    }

    /// <summary>Powers of √2: weights for the even ones, and such for the odd ones.</summary>
    private static IntegerWeight? ByParity(QuantizedWeight weight, ActivationFormat inputs)
    {
        if (LevelGrid.ByParity(weight.Format) is not { } halves)
        {
            return null;
        }

        // A row has fewer than 2^31 weights: 64 bits are enough.
        var bound = (long)GroupOf(weight) * inputs.Span * LevelGrid.MostMagnitude;
        var factor = (long)(1 / halves.Even.WholeStep);
        IntegerWeight Of(LevelGrid grid) => new(weight, KernelFor(weight, [.. grid.Whole.Select(level => (long)level)], LevelGrid.MostMagnitude, bound <= int.MaxValue), factor);
        var even = Of(halves.Even);
        even.Odd = Of(halves.Odd);
        return even;
    }

    private static int GroupOf(QuantizedWeight weight) => weight.Format.GroupSize is 0 ? weight.Codes.Columns : Math.Min(weight.Format.GroupSize, weight.Codes.Columns);

    private static IntegerKernel KernelFor(QuantizedWeight weight, long[] levels, long largest, bool fitsInt) =>
        weight.Format.Scheme == "Log2" && ShiftKernel.Fits(levels) ? new ShiftKernel(levels, fitsInt)
        : fitsInt && largest <= short.MaxValue && levels.Max(Math.Abs) <= short.MaxValue ? new ShortKernel(levels)
        : new LongKernel(levels);

    /// <summary>2^k for the least k for which 2^k · levels are whole numbers of a useful size, or null.</summary>
    private static long? WholeFactor(IReadOnlyList<float> levels)
    {
        for (var k = 0; k <= MostShift; k++)
        {
            var factor = 1L << k;
            if (levels.All(level => IsWhole(level * (double)factor)))
            {
                return factor;
            }
        }

        return null;
    }

    private static bool IsWhole(double level) => Math.Floor(level) == level && Math.Abs(level) <= LargestWhole && OddPart((long)Math.Abs(level)) <= LargestOdd;

    private static long OddPart(long whole) => whole == 0 ? 0 : whole >> BitOperations.TrailingZeroCount(whole);

    private int ScaleOf(int row, int column) => weight.Format.GroupSize is 0 ? 0 : (row * ((weight.Codes.Columns + Group - 1) / Group)) + (column / Group);
}
