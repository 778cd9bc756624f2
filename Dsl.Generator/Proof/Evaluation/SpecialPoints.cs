using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>
/// Points that points drawn at random seldom are: tensors that are all zero or of -1, 0 and 1 only, where guards and ties decide,
/// and tensors as small or large as an unusual constant, such as the least scale that a division allows.
/// </summary>
internal static class SpecialPoints
{
    private const int Seeds = 3;
    private const int MostConstants = 4;

    /// <summary>Constants between this and its inverse are met by points drawn at random.</summary>
    private static readonly Rational Usual = new(1, 1 << 20);

    private static readonly Rational[] Multiples = [1, new(1, 2), 3, 20, new(7, 8), new(1, 5)];

    public static IEnumerable<Point> Of(Vocabulary vocabulary, IEnumerable<Expr> expressions, string seed)
    {
        var constants = expressions.SelectMany(ConstantsOf).Distinct().Take(MostConstants).ToArray();
        var free = vocabulary.Tensors.Where(tensor => tensor.Domain != Domain.Mask && !tensor.HasOrthonormalRows && tensor.Entries is null).ToArray();
        foreach (var shape in Shapes(vocabulary))
        {
            foreach (var tensor in free)
            {
                var real = tensor.Domain == Domain.Real;
                if (real)
                {
                    yield return Set(new Point(shape, seed + "/zero"), tensor, (_, _) => 0);
                }

                foreach (var k in Enumerable.Range(0, real ? Seeds : 0))
                {
                    yield return Set(new Point(shape, seed + "/unit/" + k), tensor, (_, place) => (long)(Noise.Of(seed + k + string.Join(",", place)) % 3) - 1);
                }

            }

            foreach (var point in constants.SelectMany(constant => Multiples.SelectMany(multiple => Enumerable.Range(0, Seeds).SelectMany(k => Scaled(shape, free, constant * multiple, seed + "/scaled/" + k)))))
            {
                yield return point;
            }
        }
    }

    /// <summary>What is stored as small as the factor: all of it, or one tensor while another, whose terms would hide it, is zero.</summary>
    private static IEnumerable<Point> Scaled(IReadOnlyDictionary<string, long> shape, Tensor[] free, Rational factor, string seed)
    {
        var stored = free.Where(tensor => tensor.Role != TensorRole.Input).ToArray();
        yield return stored.Aggregate(new Point(shape, seed), (point, tensor) => Set(point, tensor, (drawn, _) => drawn * factor));
        foreach (var (small, zero) in stored.SelectMany(small => stored.Where(zero => zero != small && zero.Domain == Domain.Real).Select(zero => (small, zero))))
        {
            yield return Set(Set(new Point(shape, seed), small, (drawn, _) => drawn * factor), zero, (_, _) => 0);
        }
    }

    /// <summary>All sizes one, one of them two, all two.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, long>> Shapes(Vocabulary vocabulary)
    {
        var small = SmallShapes.Of(vocabulary).Take(1 + vocabulary.Symbols.Count).ToArray();
        return small.Concat(SmallShapes.Of(vocabulary).Skip(small.Length).Take(1));
    }

    private static Point Set(Point point, Tensor tensor, Func<Rational, long[], Rational> element)
    {
        foreach (var place in point.PlacesOf(tensor).ToArray())
        {
            point[tensor, place] = element(point[tensor, place], place);
        }

        return point;
    }

    private static IEnumerable<Rational> ConstantsOf(Expr expr) => expr switch
    {
        Literal literal when literal.Value.Sign != 0 && IsUnusual(literal.Value) => [literal.Value],
        Named named => ConstantsOf(named.Body),
        Surrogate surrogate => ConstantsOf(surrogate.Value),
        Reduce reduce => ConstantsOf(reduce.Body),
        MatrixInverse inverse => ConstantsOf(inverse.Body),
        Map map => map.Arguments.SelectMany(ConstantsOf),
        _ => [],
    };

    private static bool IsUnusual(Rational value)
    {
        var size = value.Sign < 0 ? -value : value;
        return size < Usual || size > 1 / Usual;
    }
}
