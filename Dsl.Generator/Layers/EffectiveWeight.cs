using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>A low-rank term of a weight, <c>scale · Σ_r up[o,r] · down[r,i]</c>, which a layer may apply as a branch of its own.</summary>
internal sealed record LowRankBranch(Expr Scale, Tensor Up, Tensor Down, Index Rank)
{
    public Expr Merged(Index o, Index i) => Scale * Sum(Rank, Up[o, Rank] * Down[Rank, i]);
}

/// <summary>What a method has to say of itself in the generated header.</summary>
internal sealed record MethodNote(string Method, string Formula, string Paper);

/// <summary>
/// A weight on its way through the methods, from the stored tensors to what the layer multiplies with. Each method takes
/// one and returns the next. The sum of <see cref="Dense"/> and the branches, over (o, i), is the weight.
/// </summary>
internal sealed record EffectiveWeight(
    Index O,
    Index I,
    Expr Dense,
    EquatableArray<LowRankBranch> Branches,
    EquatableArray<StoredTensor> Stored,
    EquatableArray<InitStep> Initialization,
    EquatableArray<MethodNote> Notes,
    EquatableArray<SizeBinding> Sizes)
{
    /// <summary>The weight as one matrix.</summary>
    public Expr Merged => Branches.Aggregate(Dense, (sum, branch) => sum + branch.Merged(O, I));

    /// <summary>Adds what a method stores; what it does at initialization comes before what stands further left.</summary>
    public EffectiveWeight With(IEnumerable<StoredTensor> stored, IEnumerable<InitStep> undo, MethodNote note, params SizeBinding[] sizes) => this with
    {
        Sizes = Sizes.Concat(sizes).ToEquatableArray(),
        Stored = Stored.Concat(stored).ToEquatableArray(),
        Initialization = undo.Concat(Initialization).ToEquatableArray(),
        Notes = [.. Notes, note],
    };
}
