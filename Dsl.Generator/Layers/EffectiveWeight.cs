using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>A low-rank term of a weight, <c>scale · Σ_r up[o,r] · down[r,i]</c>, which a layer may apply as a branch of its own.</summary>
internal sealed record LowRankBranch(Expr Scale, Tensor Up, Tensor Down, Index Rank)
{
    public Expr Merged(WeightShape shape) =>
        Scale * Sum(Rank, Up[shape.Output, Rank] * Down[[Rank, .. shape.Inputs.Select(axis => (AffineIndex)axis)]]);
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

    /// <summary>The weight as one tensor.</summary>
    public Expr Merged => Branches.Aggregate(Dense, (sum, branch) => sum + branch.Merged(Shape));

    /// <summary>Adds what a method stores; what it does at initialization comes before what stands further left.</summary>
    public EffectiveWeight With(IEnumerable<StoredTensor> stored, IEnumerable<InitStep> undo, MethodNote note, params SizeBinding[] sizes) => this with
    {
        Sizes = Sizes.Concat(sizes).ToEquatableArray(),
        Stored = Stored.Concat(stored).ToEquatableArray(),
        Initialization = undo.Concat(Initialization).ToEquatableArray(),
        Notes = [.. Notes, note],
    };
}
