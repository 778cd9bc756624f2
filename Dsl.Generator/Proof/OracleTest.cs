using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof;

/// <summary>
/// Compares two expressions at random points of a large prime field. If they differ as rational functions of their elements
/// and of the values of the functions, they agree at one point with probability at most degree / Q (Schwartz 1980, Zippel 1979).
/// </summary>
internal static class OracleTest
{
    private const int SeedsPerShape = 24;
    private const int PointsWanted = 3;

    /// <summary>How the comparison went, in words.</summary>
    public static string Run(Expr left, Expr right, Steps steps)
    {
        var vocabulary = new Vocabulary(left, right);
        var points = 0;
        var bits = 0.0;

        // A number for the text: it stands in the name of every element that is drawn.
        var name = Noise.Of(left + "/" + right).ToString(CultureInfo.InvariantCulture);
        foreach (var shape in SmallShapes.Of(vocabulary).Skip(vocabulary.Symbols.Count).Take(PointsWanted))
        {
            foreach (var seed in Enumerable.Range(0, SeedsPerShape))
            {
                if (Agree(left, right, vocabulary, shape, name + "/" + seed, steps) is not { } agree)
                {
                    continue;
                }

                if (!agree)
                {
                    return "it agrees at every real point tried, but not where functions are replaced by arbitrary ones with the same laws";
                }

                points++;
                long SizeOf(Size size) => size.Evaluate(symbol => shape[symbol]);
                bits += 61 - Math.Log(1 + Degree.Of(left, SizeOf) + Degree.Of(right, SizeOf), 2);
                break;
            }
        }

        return points == 0
            ? "no point of the prime field gave a value on both sides"
            : $"it agrees at {points} random points modulo {FieldArithmetic.P} at small sizes; formulas that differ at these sizes would agree with probability below 2^-{(int)bits}";
    }

    private static bool? Agree(Expr left, Expr right, Vocabulary vocabulary, IReadOnlyDictionary<string, long> shape, string seed, Steps steps)
    {
        try
        {
            var field = new FieldArithmetic(seed);
            var evaluator = new Evaluator<Residue>(field, symbol => shape[symbol], (tensor, place) => ElementOf(tensor, place, symbol => shape[symbol], seed), steps);
            return Point.Places(vocabulary.Free.Select(index => evaluator.SizeOf(index.Size)).ToArray()).All(place =>
            {
                var at = vocabulary.Free.Select((index, k) => (index, place: place[k])).ToDictionary(pair => pair.index, pair => pair.place);
                return evaluator.Evaluate(left, at).Value == evaluator.Evaluate(right, at).Value;
            });
        }
        catch (UndefinedValueException)
        {
            return null; // No value at this point: the caller takes the next one.
        }
    }

    private static Residue ElementOf(Tensor tensor, IReadOnlyList<long> place, Func<string, long> sizeOf, string seed)
    {
        if (tensor.HasOrthonormalRows)
        {
            return new FieldArithmetic(seed).Number(Orthonormal.Element(tensor, place, sizeOf, k => 1 + (long)(Noise.Of(seed + "/" + tensor.Name + "/" + k) % 1_000_003)));
        }

        var text = seed + "/" + tensor.Name + "[" + string.Join(",", place) + "]";
        if (tensor.Domain == Domain.Mask)
        {
            return FieldArithmetic.Of(Noise.Of(text) % 2, Noise.Of(text) % 2);
        }

        var (value, exponent) = (Noise.Below(FieldArithmetic.P, text), Noise.Below(FieldArithmetic.Q, text + "/exponent"));
        return FieldArithmetic.Of(tensor.Domain == Domain.Positive ? value * value : value, tensor.Domain == Domain.Positive ? exponent * exponent : exponent);
    }
}

/// <summary>An upper bound on the degree of numerator and denominator of an expression, its functions taken as variables.</summary>
internal static class Degree
{
    public static double Of(Expr expr, Func<Size, long> sizeOf) => expr switch
    {
        Access access => access.Tensor.Domain == Domain.Positive ? 2 : 1,
        Named named => Of(named.Body, sizeOf),
        Surrogate surrogate => Of(surrogate.Value, sizeOf),
        Reduce reduce => sizeOf(reduce.Index.Size) * (1 + Of(reduce.Body, sizeOf)),
        MatrixInverse inverse => 2 * sizeOf(inverse.Rows.Size) * (1 + Of(inverse.Body, sizeOf)), // Cofactors over the determinant.
        Map { Function: Function.Square } square => 2 * Of(square.Arguments[0], sizeOf),
        Map map => 1 + map.Arguments.Sum(argument => Of(argument, sizeOf)),
        _ => 0,
    };
}
