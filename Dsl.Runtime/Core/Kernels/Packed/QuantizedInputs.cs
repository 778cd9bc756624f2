using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// Inputs as codes of 8 bits with a step for each run of columns: q = round(x / step) with step = max|x| / 127, to the nearest even. The error of an input is
/// at most half a step. Rows lie one after the other, groups filled up with zeros as in <see cref="TileShape"/>.
/// </summary>
/// <param name="shape">Sizes.</param>
/// <param name="codes">(rows, padded columns).</param>
/// <param name="steps">(rows, runs).</param>
/// <param name="negatedSums">(rows, runs): -Σ q, in units of the levels.</param>
/// <param name="levelStep">What whole levels of the weight are counted in, a power of two: it goes with the steps.</param>
internal readonly ref struct QuantizedInputs(TileShape shape, Span<sbyte> codes, Span<float> steps, Span<float> negatedSums, float levelStep)
{
    private const int LargestCode = 127;

    /// <summary>Groups of up to 256 columns are runs; longer ones are cut into runs of 128.</summary>
    private const int LongestRun = 8;
    private const int CutRun = 4;

    private readonly Span<sbyte> codes = codes;
    private readonly Span<float> steps = steps;
    private readonly Span<float> negatedSums = negatedSums;
    private readonly int columns = shape.PaddedColumns;
    private readonly int runs = RunsOf(shape);

    /// <summary>Blocks of a run, but for the last of a group.</summary>
    public int RunBlocks { get; } = RunBlocksOf(shape);

    /// <summary>Runs of a row.</summary>
    public static int RunsOf(TileShape shape)
    {
        var (run, last) = (RunBlocksOf(shape), shape.Blocks - ((shape.Groups - 1) * shape.BlocksPerGroup));
        return ((shape.Groups - 1) * ((shape.BlocksPerGroup + run - 1) / run)) + ((last + run - 1) / run);
    }

    /// <summary>The codes of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Codes(int row) => ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(codes), (nint)row * columns));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Step(int row, int run) => Unsafe.Add(ref MemoryMarshal.GetReference(steps), (row * runs) + run);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float NegatedSum(int row, int run) => Unsafe.Add(ref MemoryMarshal.GetReference(negatedSums), (row * runs) + run);

    /// <summary>Rounds a row of finite inputs.</summary>
    public void Encode(int row, ReadOnlySpan<float> x)
    {
        var target = codes.Slice(row * columns, columns);
        var run = row * runs;
        for (var group = 0; group < shape.Groups; group++)
        {
            var last = shape.FirstBlock(group + 1);
            for (var block = shape.FirstBlock(group); block < last; block += RunBlocks, run++)
            {
                var blocks = Math.Min(RunBlocks, last - block);
                var (first, _) = shape.ColumnsOf(block);
                var (final, count) = shape.ColumnsOf(block + blocks - 1);
                steps[run] = levelStep * Encode(x[first..(final + count)], target.Slice(block * TileShape.BlockColumns, blocks * TileShape.BlockColumns), out var sum);
                negatedSums[run] = -sum / levelStep;
            }
        }
    }

    private static int RunBlocksOf(TileShape shape) => shape.BlocksPerGroup <= LongestRun ? shape.BlocksPerGroup : CutRun;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Encode(ReadOnlySpan<float> x, Span<sbyte> target, out int sum)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(x));

        // A step that is no normal number could not be divided by: such inputs count as 0, an error below 1e-36.
        var step = largest / LargestCode;
        var factor = float.IsNormal(step) ? LargestCode / largest : 0;
        var (sums, k) = (Vector<short>.Zero, 0);
        for (; k + Vector<sbyte>.Count <= x.Length; k += Vector<sbyte>.Count)
        {
            var low = Vector.Narrow(Rounded(x, k, factor), Rounded(x, k + Vector<float>.Count, factor));
            var high = Vector.Narrow(Rounded(x, k + (2 * Vector<float>.Count), factor), Rounded(x, k + (3 * Vector<float>.Count), factor));
            Vector.Narrow(low, high).CopyTo(target[k..]);
            sums += low + high;
        }

        sum = 0;
        for (var lane = 0; lane < Vector<short>.Count; lane++)
        {
            sum += sums[lane];
        }

        for (; k < x.Length; k++)
        {
            target[k] = (sbyte)MathF.Round(x[k] * factor);
            sum += target[k];
        }

        target[k..].Clear();
        return step;
    }

    private static Vector<int> Rounded(ReadOnlySpan<float> x, int k, float factor) => Vector.ConvertToInt32(Vector.Round(new Vector<float>(x[k..]) * factor));
}
