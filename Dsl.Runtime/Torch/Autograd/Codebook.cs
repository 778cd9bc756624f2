using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>An ascending list of levels: finds the nearest one of every value, and the level of a number. Immutable.</summary>
public sealed class Codebook
{
    private readonly double[] levels;
    private readonly double[] boundaries64;
    private readonly float[] boundaries32;

    /// <summary>Takes the levels.</summary>
    /// <param name="levels">At least one; ascending.</param>
    /// <param name="ties">Where values in the middle of two levels belong.</param>
    /// <exception cref="ArgumentException">There are no levels, or they do not ascend.</exception>
    public Codebook(ReadOnlySpan<double> levels, TieRule ties)
    {
        this.levels = levels.ToArray();
        if (this.levels.Length == 0 || this.levels.Zip(this.levels.Skip(1)).Any(pair => !(pair.First < pair.Second)))
        {
            throw new ArgumentException("A codebook needs levels that ascend.", nameof(levels));
        }

        // A value belongs to the upper of two levels above their boundary. Where it already belongs there at the midpoint, the boundary is the number before.
        bool rises(int k) => ties == TieRule.Even && k % 2 != 0;
        double[] midpoints = [.. this.levels.Zip(this.levels.Skip(1), (low, high) => (low + high) / 2)];
        boundaries64 = [.. midpoints.Select((middle, k) => rises(k) ? Math.BitDecrement(middle) : middle)];
        boundaries32 = [.. midpoints.Select((middle, k) => rises(k) ? MathF.BitDecrement((float)middle) : (float)middle)];
    }

    /// <summary>The levels.</summary>
    public ReadOnlySpan<double> Levels => levels;

    /// <summary>The numbers of the nearest levels, in the type of the values; NaN counts as above all levels.</summary>
    /// <param name="values">Any shape.</param>
    public Tensor Nearest(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var isDouble = values.dtype == ScalarType.Float64;
        var comparable = isDouble ? values : values.to_type(ScalarType.Float32);
        var boundaries = isDouble ? tensor(boundaries64, device: values.device) : tensor(boundaries32, device: values.device);
        return bucketize(comparable.contiguous(), boundaries).to_type(values.dtype);
    }

    /// <summary>The levels of numbers, rounded down to whole ones and brought into the range that there is.</summary>
    /// <param name="numbers">Any shape.</param>
    public Tensor At(Tensor numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        var places = numbers.nan_to_num(0).floor().clamp(0, levels.Length - 1).to_type(ScalarType.Int64);
        return tensor(levels, numbers.dtype, numbers.device).index_select(0, places.flatten()).view(places.shape);
    }
}
