using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>How an axis of a value goes over to that of a larger one.</summary>
internal enum SpreadKind
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>Every place several times: place ⌊i / count⌋.</summary>
    Repeat,

    /// <summary>The whole axis several times: place i mod n.</summary>
    Tile,
}

/// <summary>How an axis is spread, and how many times.</summary>
internal sealed record SpreadAxis(SpreadKind Kind, Size Count);

/// <summary>The larger axes, and how each comes from that of the smaller value.</summary>
internal sealed record BlockPlaces(EquatableArray<Index> Axes, EquatableArray<SpreadAxis> Spread);

/// <summary>Recognizes values that are read by group or by place in a group, as the factors of a Kronecker product are, and the sums that are gradients of such reads.</summary>
internal static class BlockReader
{
    /// <summary>The places of a read along every axis; null where one is something else, or all are plain.</summary>
    public static BlockPlaces? Of(IReadOnlyList<AffineIndex> at)
    {
        var found = at.Select(PlaceOf).ToArray();
        return found.All(place => place is not null) && found.Any(place => place!.Value.Spread.Kind != SpreadKind.Plain) && found.Select(place => place!.Value.Axis).Distinct().Count() == found.Length
            ? new BlockPlaces(found.Select(place => place!.Value.Axis).ToEquatableArray(), found.Select(place => place!.Value.Spread).ToEquatableArray())
            : null;
    }

    /// <summary>Σ_o,i values[o,i] · [r = ⌊o / n⌋] · [c = i mod m].</summary>
    /// <param name="over">The summed indices.</param>
    /// <param name="factors">The factors of the summed product.</param>
    /// <param name="wanted">The axes of the result.</param>
    public static (Expr Values, BlockPlaces Places)? Read(IReadOnlyList<Index> over, IReadOnlyList<Expr> factors, EquatableArray<Index> wanted)
    {
        var masks = wanted.Select(axis => factors.OfType<Inside>().Where(mask => SelectedBy(mask, axis) is not null).ToArray()).ToArray();
        var rest = factors.Where(factor => !masks.SelectMany(own => own).Contains(factor)).ToArray();
        var at = wanted.Select((axis, k) => masks[k].Length == 1 ? SelectedBy(masks[k][0], axis)! : axis).ToArray();
        if (rest.Length == 0 || rest.Any(factor => factor is Inside) || masks.Any(own => own.Length > 1) || Of(at) is not { } places)
        {
            return null;
        }

        var values = over.Where(index => !places.Axes.Contains(index)).Reverse().Aggregate(rest.Aggregate((left, right) => left * right), (body, index) => Operators.Sum(index, body));
        return places.Axes.All(axis => wanted.Contains(axis) || over.Contains(axis)) && values.FreeIndices.Count > 0 && values.FreeIndices.All(places.Axes.Contains) ? (values, places) : null;
    }

    /// <summary>The place that a mask sets equal to an axis.</summary>
    private static AffineIndex? SelectedBy(Inside mask, Index axis)
    {
        var own = mask.At.Terms.FirstOrDefault(term => term.Index == axis);
        var other = mask.At.Terms.FirstOrDefault(term => term.Index != axis);
        return mask.Size == Size.One && mask.At.Offset.IsZero && mask.At.Terms.Count == 2 && own.Index is not null && other.Index is { Part: IndexPart.Quotient or IndexPart.Remainder } derived
            && own.Factor == -other.Factor && (own.Factor == Size.One || other.Factor == Size.One)
            ? (AffineIndex)derived
            : null;
    }

    private static (Index Axis, SpreadAxis Spread)? PlaceOf(AffineIndex place) => place.Single switch
    {
        { Part: null } plain => (plain, new SpreadAxis(SpreadKind.Plain, Size.One)),
        { Part: IndexPart.Quotient { Of.Plain: { } whole } quotient } index when whole.Size == index.Size * quotient.Divisor => (whole, new SpreadAxis(SpreadKind.Repeat, quotient.Divisor)),
        { Part: IndexPart.Remainder { Of.Plain: { } whole } remainder } when whole.Size.DivideBy(remainder.Divisor) is { } count => (whole, new SpreadAxis(SpreadKind.Tile, count)),
        _ => null,
    };
}
