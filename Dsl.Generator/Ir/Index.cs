namespace LayerDsl.Generator.Ir;

/// <summary>
/// A named index and how many values it takes. Two indices are the same if name and size are: a tensor expression
/// carries named indices instead of axes, so that broadcasting is the union of names and transposition is free.
/// </summary>
internal sealed record Index(string Name, Size Size)
{
    /// <summary>What a derived index is computed from; null for an index of its own.</summary>
    public IndexPart? Part { get; init; }

    /// <summary>The indices that this one's value depends on: itself, or those inside its part.</summary>
    public IEnumerable<Index> Roots => Part is null ? [this] : Part.Roots;

    /// <summary>Indices are compared all the time, mostly with themselves.</summary>
    public bool Equals(Index? other) => ReferenceEquals(this, other) || (other is not null && Name == other.Name && Size == other.Size && Equals(Part, other.Part));

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    public override string ToString() => Part?.Print(index => index.ToString()) ?? Name;

    /// <summary>Its name, or its part in words.</summary>
    public string Print(Func<Index, string> nameOf) => Part?.Print(nameOf) ?? nameOf(this);

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
    /// <summary>The index itself, where this is nothing but one, and no derived one.</summary>
    public Index? Plain => Single is { Part: null } index ? index : null;

    /// <summary>The index, derived or not, where this is nothing but one.</summary>
    public Index? Single => Terms.Count == 1 && Terms[0].Factor == Size.One && Offset.IsZero ? Terms[0].Index : null;

    /// <summary>The indices that the place depends on.</summary>
    public IEnumerable<Index> Roots => Terms.SelectMany(term => term.Index.Roots);

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
            result += term.Factor * (term.Index.Part?.Substitute(term.Index, replacement) ?? replacement(term.Index) ?? term.Index);
        }

        return result;
    }

    public override string ToString() => Print(index => index.Name);

    /// <summary>The place in words, with its indices named by <paramref name="nameOf"/>.</summary>
    public string Print(Func<Index, string> nameOf)
    {
        var parts = Terms
            .Select(term => term.Factor == Size.One ? term.Index.Print(nameOf) : term.Factor + "·" + term.Index.Print(nameOf))
            .Concat(Offset.IsZero ? [] : [Offset.ToString()]);
        return Terms.Count == 0 && Offset.IsZero ? "0" : string.Join(" + ", parts).Replace("+ -", "- ");
    }

    private static AffineIndex Collect(IEnumerable<IndexTerm> terms, Size offset)
    {
        var sorted = terms.GroupBy(term => term.Index)
            .Select(group => new IndexTerm(group.Key, group.Aggregate(Size.Zero, (sum, term) => sum + term.Factor)))
            .Where(term => !term.Factor.IsZero)
            .OrderBy(term => term.Index.Name, StringComparer.Ordinal)
            .ToEquatableArray();
        return Rejoin(sorted) is { } joined ? joined + offset : new AffineIndex(sorted, offset);
    }

    /// <summary>k·⌊p / k⌋ + p mod k = p.</summary>
    private static AffineIndex? Rejoin(EquatableArray<IndexTerm> terms)
    {
        foreach (var remainder in terms)
        {
            if (remainder.Index.Part is IndexPart.Remainder part
                && terms.FirstOrDefault(term => term.Index.Part is IndexPart.Quotient quotient && quotient.Of == part.Of && quotient.Divisor == part.Divisor
                    && term.Factor == remainder.Factor * part.Divisor) is { Index: not null } whole)
            {
                return new AffineIndex(terms.Where(term => term != remainder && term != whole).ToEquatableArray(), Size.Zero) + (remainder.Factor * part.Of);
            }
        }

        return null;
    }
}
