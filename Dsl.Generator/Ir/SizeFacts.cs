namespace LayerDsl.Generator.Ir;

/// <summary>Inequalities between sizes that hold for all values of their symbols, each at least one.</summary>
internal static class SizeFacts
{
    /// <summary>Whether the size is never negative: with every symbol written as 1 + t, t ≥ 0, no coefficient is negative.</summary>
    public static bool IsNonNegative(Size size)
    {
        var shifted = size.Terms.Aggregate(Size.Zero, (sum, term) =>
            sum + (term.Symbols.Aggregate(Size.One, (product, symbol) => product * (Size.One + Size.Symbol(symbol))) * Size.Of(term.Coefficient)));
        return shifted.Terms.All(term => term.Coefficient >= 0);
    }

    /// <summary>The least and the largest place, where the signs of the factors are known.</summary>
    public static (Size Least, Size Largest)? Range(AffineIndex place)
    {
        var (least, largest) = (place.Offset, place.Offset);
        foreach (var term in place.Terms)
        {
            var reach = term.Factor * (term.Index.Size - Size.One);
            if (IsNonNegative(term.Factor))
            {
                largest += reach;
            }
            else if (IsNonNegative(-term.Factor))
            {
                least += reach;
            }
            else
            {
                return null;
            }
        }

        return (least, largest);
    }

    /// <summary>A place is zero where it is after division by a positive factor that all its terms share.</summary>
    public static AffineIndex WithoutCommonFactor(AffineIndex place)
    {
        if (place.Terms.Count == 0 || !place.Offset.IsZero)
        {
            return place;
        }

        var first = place.Terms[0].Factor;
        var factor = IsNonNegative(first - Size.One) ? first : -first;
        return IsNonNegative(factor - Size.One) && place.Terms.All(term => term.Factor == factor || term.Factor == -factor)
            ? new AffineIndex(place.Terms.Select(term => term with { Factor = term.Factor == factor ? Size.One : Size.Of(-1) }).ToEquatableArray(), Size.Zero)
            : place;
    }

    /// <summary>Whether the place always lies inside, 1, or never, 0.</summary>
    public static int? Inside(AffineIndex place, Size size)
    {
        if (Range(place) is not { } range)
        {
            return null;
        }

        return IsNonNegative(range.Least) && IsNonNegative(size - Size.One - range.Largest) ? 1
            : IsNonNegative(-Size.One - range.Largest) || IsNonNegative(range.Least - size) ? 0
            : null;
    }
}
