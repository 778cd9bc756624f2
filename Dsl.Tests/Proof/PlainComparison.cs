using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Compares two expressions at random points of sizes one to three.</summary>
internal static class PlainComparison
{
    private const int Points = 12;
    private const int PointsWithExtremes = 48;
    private const int PointsOffKinks = 200;
    private const double Tiny = 1e-38;
    private const double Tolerance = 1e-7;

    /// <summary>Where both have a value and the values differ, in words.</summary>
    public static string? Disagreement(Expr left, Expr right) => Disagreement(left, right, Points);

    /// <summary>The same, and at zeros, ties and magnitudes where guards act as well.</summary>
    public static string? DisagreementAtExtremes(Expr left, Expr right) => Disagreement(left, right, PointsWithExtremes);

    private static string? Disagreement(Expr left, Expr right, int points) =>
        Disagreement(left.FreeIndices.Union(right.FreeIndices), points, point => Both(Evaluation(point), left, right));

    /// <summary>The same at many points without ties and kinks, where derivatives are not unique, and without the magnitudes at which guards act.</summary>
    public static string? DisagreementOffKinks(Expr left, Expr right)
    {
        PlainEvaluation At(int point) => new(symbol => SizeOf(symbol, point), (tensor, place) => Element(tensor, place, point, kinds: 1) + Offset(tensor, place));
        return Disagreement(left.FreeIndices.Union(right.FreeIndices), PointsOffKinks, point => Both(At(point), left, right));
    }

    /// <summary>The same for an expression and a normal form.</summary>
    public static string? Disagreement(Expr expr, Polynomial form) => Disagreement(expr.FreeIndices, Points, point =>
    {
        var (values, forms) = (Evaluation(point), new NormalFormValue(symbol => SizeOf(symbol, point), (tensor, place) => Element(tensor, place, point)));
        return at => (values.Of(expr, at), forms.Of(form, at));
    });

    private static Func<Dictionary<Index, long>, (double Left, double Right)> Both(PlainEvaluation values, Expr left, Expr right) => at => (values.Of(left, at), values.Of(right, at));

    private static string? Disagreement(IReadOnlyCollection<Index> free, int points, Func<int, Func<Dictionary<Index, long>, (double Left, double Right)>> valuesOf)
    {
        for (var point = 0; point < points; point++)
        {
            var values = valuesOf(point);
            foreach (var at in Places(free, point))
            {
                var (a, b) = values(at);
                if (double.IsFinite(a + b) && Math.Abs(a - b) > Tolerance * ((KindOf(point) == PointKind.Tiny ? Tiny : 1) + Math.Abs(a) + Math.Abs(b)))
                {
                    return $"at point {point}: {a} and {b}";
                }
            }
        }

        return null;
    }

    private static IEnumerable<Dictionary<Index, long>> Places(IEnumerable<Index> free, int point)
    {
        IEnumerable<Dictionary<Index, long>> places = [[]];
        foreach (var index in free)
        {
            places = places.SelectMany(at => Enumerable.Range(0, (int)index.Size.Evaluate(symbol => SizeOf(symbol, point)))
                .Select(k => new Dictionary<Index, long>(at) { [index] = k }));
        }

        return places;
    }

    private static long SizeOf(string symbol, int point) => 1 + ((point + symbol.Length) % 3);

    private static PlainEvaluation Evaluation(int point) => new(symbol => SizeOf(symbol, point), (tensor, place) => Element(tensor, place, point));

    /// <summary>Below a quarter, and no short fraction.</summary>
    private static double Offset(Tensor tensor, IReadOnlyList<long> place) =>
        tensor.Domain == Domain.Mask || tensor.HasOrthonormalRows || tensor.Entries is not null ? 0 : RandomOf(tensor, place, seed: 0).NextDouble() / 4;

    private static Random RandomOf(Tensor tensor, IReadOnlyList<long> place, int seed) =>
        new((tensor.Name + "[" + string.Join(",", place) + "]").Aggregate(17 * seed, (hash, letter) => unchecked((31 * hash) + letter)));

    private static double Element(Tensor tensor, IReadOnlyList<long> place, int point, int kinds = 4)
    {
        var random = RandomOf(tensor, place, point);
        var value = tensor.Domain switch
        {
            Domain.Mask => random.Next(2),
            Domain.Positive => random.Next(1, 9) / 4.0,
            _ => KindOf(point, kinds) == PointKind.Ties ? random.Next(-2, 3) : random.Next(-9, 10) / 4.0,
        };
        var isZero = KindOf(point, kinds) == PointKind.Zeros && tensor.Domain == Domain.Real && tensor.Role != TensorRole.Input && place.Count > 0 && place[0] % 2 == 0;
        return isZero ? 0 : KindOf(point, kinds) == PointKind.Tiny && tensor.Domain == Domain.Real && tensor.Role != TensorRole.Input ? value * Tiny : value;
    }

    /// <summary>Quarters, small integers, rows of zeros, and magnitudes at which the guards of divisions act.</summary>
    private enum PointKind
    {
        Quarters,
        Ties,
        Zeros,
        Tiny,
    }

    private static PointKind KindOf(int point, int kinds = 4) => (PointKind)(point / Points % kinds);
}
