namespace LayerDsl.Generator.Ir;

/// <summary>
/// What the value of a derived index is computed from: the group and the place in it that another index lies in, or an entry
/// of a table of places. An expression depends on the indices inside, its <see cref="Roots"/>, never on the derived one.
/// </summary>
internal abstract record IndexPart
{
    private IndexPart()
    {
    }

    /// <summary>The indices that the value depends on.</summary>
    public abstract IEnumerable<Index> Roots { get; }

    /// <summary>The same part with indices replaced, simplified where it can be.</summary>
    public abstract AffineIndex Substitute(Index self, Func<Index, AffineIndex?> replacement);

    /// <summary>The part in words, with its roots named by <paramref name="nameOf"/>.</summary>
    public abstract string Print(Func<Index, string> nameOf);

    /// <summary>⌊place / divisor⌋: which group of <c>divisor</c> values the place lies in.</summary>
    public sealed record Quotient(AffineIndex Of, Size Divisor) : IndexPart
    {
        public override IEnumerable<Index> Roots => Of.Roots;

        public override AffineIndex Substitute(Index self, Func<Index, AffineIndex?> replacement) => Places.QuotientInRange(Of.Substitute(replacement), Divisor, self.Size);

        public override string Print(Func<Index, string> nameOf) => "(" + Of.Print(nameOf) + ") div (" + Divisor + ")";
    }

    /// <summary>place - divisor · ⌊place / divisor⌋: where in its group the place lies.</summary>
    public sealed record Remainder(AffineIndex Of, Size Divisor) : IndexPart
    {
        public override IEnumerable<Index> Roots => Of.Roots;

        public override AffineIndex Substitute(Index self, Func<Index, AffineIndex?> replacement) => Places.Remainder(Of.Substitute(replacement), Divisor);

        public override string Print(Func<Index, string> nameOf) => "(" + Of.Print(nameOf) + ") mod (" + Divisor + ")";
    }

    /// <summary>The entry of a table of places: a gather.</summary>
    public sealed record Entry(Tensor Table, EquatableArray<AffineIndex> At) : IndexPart
    {
        public override IEnumerable<Index> Roots => At.SelectMany(place => place.Roots);

        public override AffineIndex Substitute(Index self, Func<Index, AffineIndex?> replacement) =>
            Places.Entry(Table, At.Select(place => place.Substitute(replacement)).ToArray());

        public override string Print(Func<Index, string> nameOf) => Table.Name + "[" + string.Join(",", At.Select(place => place.Print(nameOf))) + "]";
    }
}

/// <summary>Makes derived indices, and the places they stand for.</summary>
internal static class Places
{
    /// <summary>The group of a place. What is a multiple of the divisor moves out; a rest that fills no group is none.</summary>
    /// <param name="size">How many groups there are; null where the divisor divides the size of a plain place.</param>
    /// <exception cref="ShapeException">The number of groups is neither given nor known, or the place may lie in none of them.</exception>
    public static AffineIndex Quotient(AffineIndex place, Size divisor, Size? size = null)
    {
        var (multiple, rest) = Divide(place, divisor);
        if (FitsInOne(rest, divisor))
        {
            return multiple;
        }

        var groups = size ?? place.Plain?.Size.DivideBy(divisor) ?? throw new ShapeException($"{divisor} does not divide the range of {place}: say how many groups there are.");
        return SizeFacts.Inside(rest, groups * divisor) == 1
            ? multiple + Derived(new IndexPart.Quotient(rest, divisor), groups)
            : throw new ShapeException($"{rest} may lie outside of {groups} groups of {divisor}: a group before the first or after the last would be taken for one of them.");
    }

    /// <summary>The same where what the place is made of has changed, but not its range.</summary>
    public static AffineIndex QuotientInRange(AffineIndex place, Size divisor, Size groups)
    {
        var (multiple, rest) = Divide(place, divisor);
        return FitsInOne(rest, divisor) ? multiple : multiple + Derived(new IndexPart.Quotient(rest, divisor), groups);
    }

    /// <summary>The place within its group.</summary>
    public static AffineIndex Remainder(AffineIndex place, Size divisor)
    {
        var (_, rest) = Divide(place, divisor);
        return FitsInOne(rest, divisor) ? rest : Derived(new IndexPart.Remainder(rest, divisor), divisor);
    }

    /// <summary>The entry of a table of places.</summary>
    public static AffineIndex Entry(Tensor table, params AffineIndex[] at) => table.Entries is { } size && at.Length == table.Axes.Count
        ? Derived(new IndexPart.Entry(table, at.ToEquatableArray()), size)
        : throw new ShapeException($"'{table.Name}' is no table of places with {at.Length} axes.");

    private static AffineIndex Derived(IndexPart part, Size size) => new Index(part.Print(index => index.Name), size) { Part = part };

    /// <summary>place = divisor · multiple + rest, as far as the factors show it.</summary>
    private static (AffineIndex Multiple, AffineIndex Remaining) Divide(AffineIndex place, Size divisor)
    {
        var (multiple, rest) = (new AffineIndex([], Size.Zero), new AffineIndex([], Size.Zero));
        foreach (var term in place.Terms)
        {
            if (term.Factor.DivideBy(divisor) is { } factor)
            {
                multiple += factor * (AffineIndex)term.Index;
            }
            else
            {
                rest += term.Factor * (AffineIndex)term.Index;
            }
        }

        return place.Offset.DivideBy(divisor) is { } offset ? (multiple + offset, rest) : (multiple, rest + place.Offset);
    }

    private static bool FitsInOne(AffineIndex rest, Size divisor) => SizeFacts.Inside(rest, divisor) == 1;
}
