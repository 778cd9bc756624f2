namespace LayerDsl;

/// <summary>A value between the layers of a folded model, which has a place in the arena while it is needed.</summary>
/// <param name="First">The step that first fills it.</param>
/// <param name="Last">The last step that reads it.</param>
/// <param name="Length">Its floats per sample.</param>
public readonly record struct ArenaLife(int First, int Last, int Length);

/// <summary>
/// Where the values between the layers of a folded model lie, for a model whose constructor takes sizes; for numbers the compiler finds the same places.
/// The largest value first, each at the lowest place where nothing lies that is needed at the same time
/// (greedy by size: Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020, arXiv 2001.03288).
/// </summary>
public sealed class ArenaPlan
{
    private readonly int[] offsets;
    private readonly int[] lengths;

    private ArenaPlan(int[] offsets, int[] lengths, int length)
    {
        this.offsets = offsets;
        this.lengths = lengths;
        Length = length;
    }

    /// <summary>The floats of the arena per sample.</summary>
    public int Length { get; }

    /// <summary>Finds the places.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="values">The values in the order of their first steps.</param>
    /// <exception cref="LayerSizeException">A sample needs more than 2³¹ − 1 floats.</exception>
    public static ArenaPlan Of(string modelName, IReadOnlyList<ArenaLife> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var offsets = new long[values.Count];
        var placed = new List<int>();
        foreach (var value in Enumerable.Range(0, values.Count).OrderByDescending(k => values[k].Length).ThenBy(k => values[k].First))
        {
            foreach (var other in placed.Where(other => values[value].First <= values[other].Last && values[other].First <= values[value].Last).OrderBy(other => offsets[other]))
            {
                if (offsets[value] + values[value].Length <= offsets[other])
                {
                    break;
                }

                offsets[value] = Math.Max(offsets[value], offsets[other] + values[other].Length);
            }

            placed.Add(value);
        }

        var length = Enumerable.Range(0, values.Count).Select(k => offsets[k] + values[k].Length).DefaultIfEmpty(0).Max();
        return length <= int.MaxValue
            ? new ArenaPlan(Array.ConvertAll(offsets, offset => (int)offset), [.. values.Select(value => value.Length)], (int)length)
            : throw new LayerSizeException(modelName, "the number of floats between the layers, per sample,", length, "at most 2147483647");
    }

    /// <summary>The place of a value.</summary>
    /// <param name="arena">The arena of the whole batch.</param>
    /// <param name="value">The value's number.</param>
    /// <param name="batch">How many samples.</param>
    public Span<float> Slice(Span<float> arena, int value, int batch) => arena.Slice(batch * offsets[value], batch * lengths[value]);
}
