using System.Globalization;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Refutation;

/// <summary>
/// Looks for a point where two forms differ: small sizes first, small integers, then as many zeros as the difference
/// survives. Deterministic: the same claim gives the same counterexample.
/// </summary>
internal static class CounterexampleSearch
{
    private const int Tries = 12;
    private const double Tolerance = 1e-6;

    /// <summary>All symbols 1, all 2, and two mixtures in which no two neighbours are equal.</summary>
    private static readonly long[][] SizePatterns = [[1], [2], [2, 3], [3, 1, 2]];

    /// <summary>How many points are tried.</summary>
    public static int Points => Tries * SizePatterns.Length;

    /// <summary>A counterexample in words, or null.</summary>
    public static string? Find(Expr training, Expr inference, CancellationToken cancellation)
    {
        var tensors = Tensors(training).Concat(Tensors(inference)).Distinct().ToArray();
        var symbols = Symbols(training).Concat(Symbols(inference)).Distinct().OrderBy(symbol => symbol, StringComparer.Ordinal).ToArray();
        for (var attempt = 0; attempt < Points; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            var pattern = SizePatterns[attempt / Tries];
            var sizes = symbols.Select((symbol, k) => (symbol, size: pattern[k % pattern.Length])).ToDictionary(pair => pair.symbol, pair => pair.size);
            var point = new Point(sizes, Fill(tensors, sizes, attempt));
            if (point.Difference(training, inference) is not null)
            {
                return Describe(Shrink(point, training, inference), training, inference);
            }
        }

        return null;
    }

    /// <summary>Sets values to 0, else to 1, wherever the forms go on to differ.</summary>
    private static Point Shrink(Point point, Expr training, Expr inference)
    {
        foreach (var tensor in point.Values.Keys.ToArray())
        {
            for (var k = 0; k < point.Values[tensor].Length; k++)
            {
                foreach (var simpler in tensor.Domain == Domain.Positive ? new[] { 1.0 } : [0.0, 1.0])
                {
                    var before = point.Values[tensor][k];
                    point.Values[tensor][k] = simpler;
                    if (point.Difference(training, inference) is not null)
                    {
                        break;
                    }

                    point.Values[tensor][k] = before;
                }
            }
        }

        return point;
    }

    private static Dictionary<Tensor, double[]> Fill(Tensor[] tensors, Dictionary<string, long> sizes, int attempt)
    {
        var state = unchecked(2654435761u * (uint)(attempt + 1));
        double Next(Domain domain)
        {
            state = unchecked((state * 1664525u) + 1013904223u);
            var value = (int)(state >> 24) % 7 - 3;
            return domain switch { Domain.Positive => Math.Abs(value) + 1, Domain.Mask => value & 1, _ => value };
        }

        return tensors.ToDictionary(
            tensor => tensor,
            tensor => Enumerable.Range(0, (int)tensor.Axes.Aggregate(1L, (count, axis) => count * Math.Max(1, axis.Size.Evaluate(symbol => sizes[symbol]))))
                .Select(_ => Next(tensor.Domain))
                .ToArray());
    }

    private static string Describe(Point point, Expr training, Expr inference)
    {
        var (a, b) = point.Difference(training, inference)!.Value;
        var values = point.Values.Select(pair => pair.Key.Name + "=" + Print(pair.Value, [.. pair.Key.Axes.Select(axis => axis.Size.Evaluate(symbol => point.Sizes[symbol]))]));
        return $"with {string.Join(", ", values)} training gives {Print(a)}, inference gives {Print(b)}";
    }

    private static string Print(double[] values, long[] shape)
    {
        if (shape.Length == 0)
        {
            return Print(values[0]);
        }

        var step = values.Length / (int)shape[0];
        return "[" + string.Join(",", Enumerable.Range(0, (int)shape[0]).Select(k => Print(values.Skip(k * step).Take(step).ToArray(), shape.Skip(1).ToArray()))) + "]";
    }

    private static string Print(double value) => value.ToString("G7", CultureInfo.InvariantCulture);

    private static IEnumerable<Tensor> Tensors(Expr expr) => Nodes(expr).OfType<Access>().Select(access => access.Tensor);

    private static IEnumerable<string> Symbols(Expr expr) => Nodes(expr).SelectMany(node => node switch
    {
        Access access => access.Tensor.Axes.Select(axis => axis.Size).Concat(access.At.Select(at => at.Offset)),
        SizeValue size => [size.Size],
        Ir.Inside inside => [inside.Size, inside.At.Offset],
        Reduce reduce => [reduce.Index.Size],
        _ => [],
    }).Concat(expr.FreeIndices.Select(index => index.Size)).SelectMany(size => size.Terms).SelectMany(term => term.Symbols);

    private static IEnumerable<Expr> Nodes(Expr expr) => (expr switch
    {
        Map map => map.Arguments.SelectMany(Nodes),
        Reduce reduce => Nodes(reduce.Body),
        Named named => Nodes(named.Body),
        Surrogate surrogate => Nodes(surrogate.Value),
        _ => [],
    }).Prepend(expr);

    /// <summary>Sizes and values.</summary>
    private sealed record Point(Dictionary<string, long> Sizes, Dictionary<Tensor, double[]> Values)
    {
        /// <summary>The two values at the first place where the forms differ, or null.</summary>
        public (double Training, double Inference)? Difference(Expr training, Expr inference)
        {
            var evaluator = new Evaluator(symbol => Sizes[symbol], (tensor, position) => Values[tensor][position]);
            foreach (var place in Places([.. training.FreeIndices.Union(inference.FreeIndices)]))
            {
                var (a, b) = (evaluator.At(training, place), evaluator.At(inference, place));
                var scale = 1 + Math.Max(Math.Abs(a), Math.Abs(b));
                if (!double.IsNaN(a) && !double.IsNaN(b) && !double.IsInfinity(scale) && Math.Abs(a - b) > Tolerance * scale)
                {
                    return (a, b);
                }
            }

            return null;
        }

        private IEnumerable<Dictionary<Index, long>> Places(IReadOnlyList<Index> free) => free.Aggregate(
            (IEnumerable<Dictionary<Index, long>>)[[]],
            (places, index) => places.SelectMany(place => Enumerable.Range(0, (int)index.Size.Evaluate(symbol => Sizes[symbol]))
                .Select(k => new Dictionary<Index, long>(place) { [index] = k })));
    }
}
