using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;
using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Generator.Layers;

/// <summary>A weight that folds to codes: its grid's codes and scales, and the axes of both.</summary>
internal sealed record PackedWeight(Coded Coded, EquatableArray<Index> Axes, EquatableArray<Index> ScaleAxes, int Bits, string Scheme)
{
    /// <summary>How many binary planes a code has; 0 where codes are numbers of levels.</summary>
    public int Planes => Coded.Plane is null ? 0 : Bits;

    private const long StepsPerLevel = 10_000;

    public Tensor Codes => new("codes", TensorRole.Folded, Axes);

    public Tensor Scale => new("scales", TensorRole.Folded, ScaleAxes);

    public Tensor? Zero => Coded.Zero is null ? null : new("zeros", TensorRole.Folded, ScaleAxes);

    /// <summary>The weight from folded codes.</summary>
    public Expr Decoded => Coded.Decode(Codes.All, Scale.All, Zero?.All);

    /// <summary>The format of a weight of the given shape, with the low-rank term that stays beside it.</summary>
    public FormatSpec Format(WeightShape shape, EquatableArray<LowRankBranch> branches, EquatableArray<SizeBinding> sizes)
    {
        var scaleAxes = ScaleAxes.Count - (Planes > 0 ? 1 : 0);
        var groupSize = scaleAxes == 0 ? 0 : shape.Block > 0 && scaleAxes == 2 ? shape.Block : shape.Columns;
        var branch = branches.Count == 0 ? null : branches[0];
        var rank = branch is null ? 0 : (int)branch.Rank.Size.Evaluate(symbol => sizes.First(binding => binding.Symbol == symbol).Value);
        return new FormatSpec(Scheme, Bits, groupSize, Coded.Zero is not null, Planes > 0 ? [] : Levels(), rank, branch is { Scale: Literal scale } ? scale.Value.ToDouble() : 1) { Planes = Planes };
    }

    /// <summary>What every code stands for in units of the scale, from the lowest on.</summary>
    private EquatableArray<double> Levels() => Enumerable.Range(Coded.Lowest, 1 << Bits)
        .Select(code => new Evaluator<Interval>(new IntervalArithmetic(), _ => 1, (_, _) => default, new Steps(StepsPerLevel, CancellationToken.None))
            .Evaluate(Coded.Decode(code, 1, 0), new Dictionary<Index, long>()).Middle)
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
