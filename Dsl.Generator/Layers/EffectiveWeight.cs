using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>A low-rank term of a weight, <c>scale · Σ_r up[o,r] · down[r,i]</c>, which a layer may apply as a branch of its own.</summary>
internal sealed record LowRankBranch(Expr Scale, Tensor Up, Tensor Down, Index Rank)
{
    /// <summary>What masks the factors, over their axes; null where nothing does.</summary>
    public Tensor? UpMask { get; init; }

    /// <inheritdoc cref="UpMask"/>
    public Tensor? DownMask { get; init; }

    /// <summary>The factors as they are applied.</summary>
    public Expr UpFactor => UpMask is null ? Up.All : Name("masked_" + Up.Name, UpMask.All * Up.All);

    /// <inheritdoc cref="UpFactor"/>
    public Expr DownFactor => DownMask is null ? Down.All : Name("masked_" + Down.Name, DownMask.All * Down.All);

    public Expr Merged => Scale * Sum(Rank, UpFactor * DownFactor);
}

/// <summary>What a method has to say of itself in the generated header.</summary>
internal sealed record MethodNote(string Method, string Formula, string Paper);

/// <summary>
/// A weight on its way through the methods, from the stored tensors to what the layer multiplies with. Each method takes
/// one and returns the next. The sum of <see cref="Dense"/> and the branches, over the weight's axes, is the weight.
/// </summary>
internal sealed record EffectiveWeight(
    WeightShape Shape,
    Expr Dense,
    EquatableArray<LowRankBranch> Branches,
    EquatableArray<StoredTensor> Stored,
    EquatableArray<InitStep> Initialization,
    EquatableArray<MethodNote> Notes,
    EquatableArray<SizeBinding> Sizes)
{
    /// <summary>The part of <see cref="Dense"/> that is rounded to a grid, where one is.</summary>
    public Expr? Rounded { get; init; }

    /// <summary>Where <see cref="Dense"/> folds to codes.</summary>
    public PackedWeight? Packed { get; init; }

    /// <summary>The binary planes that <see cref="Dense"/> reads, where it does.</summary>
    public PlaneFit? Fit { get; init; }

    /// <summary>What training adds before it rounds, where it rounds at random.</summary>
    public Tensor? Dither { get; init; }

    /// <summary>What is stored in place of the weight, where that is a product of queries and keys.</summary>
    public Attention.HeadFactors? Factors { get; init; }

    /// <summary>Which stored tensors have masks.</summary>
    public EquatableArray<MaskedTensor> Masks { get; init; } = [];

    /// <summary>What a training pass makes of the buffers before it starts.</summary>
    public EquatableArray<StatisticUpdate> Updates { get; init; } = [];

    /// <summary>At most so many numbers of <see cref="Dense"/> differ from zero; null where all may.</summary>
    public long? NonZeros { get; init; }

    /// <summary>The weight as one tensor.</summary>
    public Expr Merged => Branches.Aggregate(Dense, (sum, branch) => sum + branch.Merged);

    /// <summary>Adds what a method stores; what it does at initialization comes before what stands further left.</summary>
    public EffectiveWeight With(IEnumerable<StoredTensor> stored, IEnumerable<InitStep> undo, MethodNote note, params SizeBinding[] sizes) => this with
    {
        Sizes = Sizes.Concat(sizes).ToEquatableArray(),
        Stored = Stored.Concat(stored).ToEquatableArray(),
        Initialization = undo.Concat(Initialization).ToEquatableArray(),
        Notes = [.. Notes, note],
    };
}
