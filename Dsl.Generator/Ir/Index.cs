namespace LayerDsl.Generator.Ir;

/// <summary>
/// A named index and how many values it takes. Two indices are the same if name and size are: a tensor expression
/// carries named indices instead of axes, so that broadcasting is the union of names and transposition is free.
/// </summary>
internal sealed record Index(string Name, Size Size)
{
    public override string ToString() => Name;

    public static implicit operator AffineIndex(Index index) => new([new IndexTerm(index, Size.One)], Size.Zero);

    public static AffineIndex operator +(Index a, AffineIndex b) => (AffineIndex)a + b;

    public static AffineIndex operator *(Size factor, Index index) => new([new IndexTerm(index, factor)], Size.Zero);
}

/// <summary>One index times a constant or symbolic factor.</summary>
internal readonly record struct IndexTerm(Index Index, Size Factor);

/// <summary>
/// Where a tensor is read along one axis: a sum of indices with factors, plus an offset. A plain index is the common
/// case; <c>p + u</c> is a window, <c>2·p + u - 1</c> a strided and padded one, <c>i·k + j</c> two indices merged into one.
/// </summary>
internal sealed record AffineIndex(EquatableArray<IndexTerm> Terms, Size Offset)
{
    /// <summary>The index itself, where this is nothing but one.</summary>
    public Index? Plain => Terms.Count == 1 && Terms[0].Factor == Size.One && Offset.IsZero ? Terms[0].Index : null;

    public static AffineIndex operator +(AffineIndex a, AffineIndex b) =>
        Collect(a.Terms.Concat(b.Terms), a.Offset + b.Offset);

    public static AffineIndex operator +(AffineIndex a, Size offset) => a with { Offset = a.Offset + offset };

    public static AffineIndex operator *(Size factor, AffineIndex a) =>
        Collect(a.Terms.Select(term => new IndexTerm(term.Index, factor * term.Factor)), factor * a.Offset);

    /// <summary>Replaces every index for which <paramref name="replacement"/> has an answer.</summary>
    public AffineIndex Substitute(Func<Index, AffineIndex?> replacement)
    {
        var result = new AffineIndex([], Offset);
        foreach (var term in Terms)
        {
            result += term.Factor * (replacement(term.Index) ?? term.Index);
        }

        return result;
    }

    public override string ToString()
    {
        var parts = Terms
            .Select(term => term.Factor == Size.One ? term.Index.Name : term.Factor + "·" + term.Index.Name)
            .Concat(Offset.IsZero ? [] : [Offset.ToString()]);
        return Terms.Count == 0 && Offset.IsZero ? "0" : string.Join(" + ", parts).Replace("+ -", "- ");
    }

    private static AffineIndex Collect(IEnumerable<IndexTerm> terms, Size offset) => new(
        terms.GroupBy(term => term.Index)
            .Select(group => new IndexTerm(group.Key, group.Aggregate(Size.Zero, (sum, term) => sum + term.Factor)))
            .Where(term => !term.Factor.IsZero)
            .OrderBy(term => term.Index.Name, StringComparer.Ordinal)
            .ToEquatableArray(),
        offset);
}
