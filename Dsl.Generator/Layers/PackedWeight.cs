using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;
using LayerDsl.Generator.Reparams.Quantization;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>A weight that stands for whole numbers, and what they are multiplied by.</summary>
/// <param name="Divisor">A power of two that the whole numbers are to be divided by.</param>
/// <param name="Coefficient">What they are to be multiplied by.</param>
/// <param name="Value">The whole numbers.</param>
internal sealed record WholePart(Rational Divisor, Expr Coefficient, Expr Value);

/// <summary>A weight that folds to codes: its grid's codes and scales, and the axes of both.</summary>
internal sealed record PackedWeight(Coded Coded, EquatableArray<Index> Axes, EquatableArray<Index> ScaleAxes, int Bits, string Scheme)
{
    /// <summary>How many binary planes a code has; 0 where codes are numbers of levels.</summary>
    public int Planes => Coded.Plane is null ? 0 : Bits;

    private const long StepsPerLevel = 10_000;
    private const int MostShift = 31;

    /// <summary>Whole numbers for more than 16 powers of √2 do not fit into the 8 bits that are multiplied fast: the runtime takes these in floats.</summary>
    private const int MostBitsByParity = 4;
    private const double LargestWhole = 1L << 34;

    /// <summary>The largest odd part of a level: any float32 is a whole multiple of some power of two, which says nothing.</summary>
    private const long LargestOdd = 1 << 10;

    public Tensor Codes => new("codes", TensorRole.Folded, Axes);

    public Tensor Scale => new("scales", TensorRole.Folded, ScaleAxes);

    public Tensor? Zero => Coded.Zero is null ? null : new("zeros", TensorRole.Folded, ScaleAxes);

    /// <summary>The weight from folded codes.</summary>
    public Expr Decoded => Coded.Decode(Codes.All, Scale.All, Zero?.All);

    /// <summary>The weight in units of its scale.</summary>
    public Expr InSteps => Coded.Decode(Codes.All, 1, Zero?.All);

    /// <summary>
    /// 2^k for the least k for which 2^k · levels are whole numbers, or null where there is none of use, as for the normal quantiles of NF4.
    /// A folded layer with rounded inputs then adds up products of whole numbers. The runtime's IntegerWeight finds the same.
    /// </summary>
    private Rational? WholeFactor => FactorOf(Levels());

    /// <summary>
    /// The weight in units of its scale as a sum of products of numbers with weights that stand for whole numbers; empty where it is none. Powers of √2 are two
    /// such: those of the even powers, and √2 times those of the odd ones.
    /// </summary>
    public EquatableArray<WholePart> WholeParts
    {
        get
        {
            if (Planes > 0)
            {
                return []; // Planes have scales of their own, and no levels.
            }

            if (WholeFactor is { } factor)
            {
                return [new(factor, 1, (Expr)factor * InSteps)];
            }

            return Bits <= MostBitsByParity && Coded.IsOdd is { } isOdd && FactorOf([.. LevelsOf(code => Even(isOdd, code)), .. LevelsOf(code => Odd(isOdd, code))]) is { } both
                ? [new(both, 1, (Expr)both * Even(isOdd, Codes.All)), new(both, Sqrt(2), (Expr)both * Odd(isOdd, Codes.All))]
                : [];
        }
    }

    /// <summary>2^(-k/2) where k is even, else 0.</summary>
    private Expr Even(Func<Expr, Expr> isOdd, Expr code) => Coded.Decode(code, 1, null) * (1 - Name("odd", isOdd(code)));

    /// <summary>2^(-(k+1)/2) where k is odd, else 0.</summary>
    private Expr Odd(Func<Expr, Expr> isOdd, Expr code) => Coded.Decode(code, 1, null) * Name("odd", isOdd(code)) / Sqrt(2);

    private static Rational? FactorOf(IReadOnlyCollection<double> levels)
    {
        var singles = levels.Select(level => (double)(float)level).ToArray();
        return Enumerable.Range(0, MostShift + 1)
            .Where(k => singles.All(level => IsWhole(level * (1L << k))))
            .Select(k => (Rational?)new Rational(1L << k, 1))
            .FirstOrDefault();

        static bool IsWhole(double level) => Math.Floor(level) == level && Math.Abs(level) <= LargestWhole && OddPart((long)Math.Abs(level)) <= LargestOdd;
    }

    private static long OddPart(long whole) => whole == 0 || whole % 2 != 0 ? whole : OddPart(whole / 2);

    /// <summary>The format of a weight of the given shape, with the low-rank term that stays beside it.</summary>
    public FormatSpec Format(WeightShape shape, EquatableArray<LowRankBranch> branches, EquatableArray<SizeBinding> sizes)
    {
        var scaleAxes = ScaleAxes.Count - (Planes > 0 ? 1 : 0);
        var groupSize = scaleAxes == 0 ? 0 : shape.Block > 0 && scaleAxes == 2 ? shape.Block : shape.Columns;
        var branch = branches.Count == 0 ? null : branches[0];
        var rank = branch is null ? 0 : (int)branch.Rank.Size.Evaluate(symbol => sizes.First(binding => binding.Symbol == symbol).Value);
        return new FormatSpec(Scheme, Bits, groupSize, Coded.Zero is not null, Planes > 0 ? [] : Levels(), rank, branch is { Scale: Literal scale } ? scale.Value.ToDouble() : 1)
        {
            Planes = Planes,
            GroupText = shape.IsSymbolic && scaleAxes > 0 && !(shape.Block > 0 && scaleAxes == 2) ? shape.ColumnsText : null,
        };
    }

    /// <summary>What every code stands for in units of the scale, from the lowest on.</summary>
    private EquatableArray<double> Levels() => LevelsOf(code => Coded.Decode(code, 1, 0));

    private EquatableArray<double> LevelsOf(Func<Expr, Expr> level) => Enumerable.Range(Coded.Lowest, 1 << Bits)
        .Select(code => new Evaluator<Interval>(new IntervalArithmetic(), _ => 1, (_, _) => default, new Steps(StepsPerLevel, CancellationToken.None))
            .Evaluate(level(code), new Dictionary<Index, long>()).Middle)
        .ToEquatableArray();

    /// <summary>How the folded tensors come from the stored ones.</summary>
    public IEnumerable<Proof.FoldDefinition> Folds
    {
        get
        {
            yield return new(Codes, Coded.Codes);
            yield return new(Scale, Coded.Scale);
            if (Coded.Zero is { } zero)
            {
                yield return new(Zero!, zero);
            }
        }
    }
}
