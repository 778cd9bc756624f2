using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>
/// An expression made ready for evaluation at one point: its indices are slots of an array, its sizes are numbers, and the values that it
/// had are remembered by the places of its free indices.
/// </summary>
internal sealed class EvaluationNode<T>
{
    /// <summary>More values than that, which are seldom all asked for, are kept in a dictionary.</summary>
    private const long MostInArray = 4096;

    private readonly int[] free;
    private readonly long[] sizes;
    private readonly (bool IsKnown, T Value)[]? values;
    private readonly Dictionary<long, T>? manyValues;

    /// <param name="expr">What is evaluated.</param>
    /// <param name="parts">What it is computed from.</param>
    /// <param name="places">Where it reads a tensor, or what it compares with a size.</param>
    /// <param name="free">The slots of its free indices, and their sizes.</param>
    public EvaluationNode(Expr expr, EvaluationNode<T>[] parts, EvaluationPlace[] places, (int Slot, long Size)[] free)
    {
        (Expr, Parts, Places) = (expr, parts, places);
        this.free = [.. free.Select(index => index.Slot)];
        sizes = [.. free.Select(index => index.Size)];
        if (expr is Literal or SizeValue or Access or Inside)
        {
            return; // As quick to compute as to look up.
        }

        var count = sizes.Aggregate(1.0, (product, size) => product * size);
        values = count is >= 0 and <= MostInArray ? new (bool, T)[(int)count] : null;
        manyValues = values is null ? [] : null;
    }

    public Expr Expr { get; }

    public EvaluationNode<T>[] Parts { get; }

    public EvaluationPlace[] Places { get; }

    /// <summary>The slot of the index that a reduction binds, and the number of its values.</summary>
    public (int Slot, long Size) Bound { get; init; }

    /// <summary>The slots of the indices that count the rows and columns of a matrix to invert, and their common size.</summary>
    public (int Rows, int Columns, long Size) Matrix { get; init; }

    /// <summary>The size that a place is compared with, or that is the value itself.</summary>
    public long Size { get; init; }

    /// <summary>Whether values are remembered.</summary>
    public bool Remembers => values is not null || manyValues is not null;

    /// <summary>The places of the free indices as one number.</summary>
    public long KeyAt(long[] at)
    {
        var key = 0L;
        for (var k = 0; k < free.Length; k++)
        {
            key = checked((key * sizes[k]) + at[free[k]]);
        }

        return key;
    }

    public bool TryGet(long key, out T value)
    {
        if (manyValues is not null)
        {
            return manyValues.TryGetValue(key, out value!);
        }

        // A free index may stand outside of its range, as a tensor may be read outside of its axes: such values are not kept.
        var isInRange = (ulong)key < (ulong)values!.Length;
        value = isInRange ? values[key].Value : default!;
        return isInRange && values[key].IsKnown;
    }

    public void Remember(long key, T value)
    {
        if (manyValues is not null)
        {
            manyValues[key] = value;
        }
        else if ((ulong)key < (ulong)values!.Length)
        {
            values[key] = (true, value);
        }
    }
}

/// <summary>A place along an axis: an offset and multiples of indices, all sizes being numbers.</summary>
internal sealed record EvaluationPlace(long Offset, EvaluationPlace.Term[] Terms)
{
    /// <summary>A multiple of the place in a slot, or of what a derived index is computed from.</summary>
    /// <param name="Factor">The factor.</param>
    /// <param name="Slot">The slot; none where there is a part.</param>
    /// <param name="Part">How a derived index is computed.</param>
    internal readonly record struct Term(long Factor, int Slot, Func<long[], long>? Part);

    public long At(long[] at)
    {
        var place = Offset;
        foreach (var term in Terms)
        {
            place += term.Factor * (term.Part is null ? at[term.Slot] : term.Part(at));
        }

        return place;
    }
}
