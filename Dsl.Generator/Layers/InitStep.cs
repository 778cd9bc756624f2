using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// One step of initialization. The steps start from a target, the weight that the layer shall have, and are run for a
/// random target when a layer is made and for a given one when a plain weight is loaded. Methods are undone from right to left.
/// </summary>
internal abstract record InitStep
{
    private InitStep()
    {
    }

    /// <summary>Stores a value computed from the target and from tensors already stored.</summary>
    public sealed record Store(Tensor Tensor, Expr Value) : InitStep;

    /// <summary>Fills a tensor with U(-1/√n, 1/√n), n the inputs of one output: Kaiming-uniform with a = √5.</summary>
    public sealed record KaimingUniform(Tensor Tensor) : InitStep;

    /// <summary>
    /// Fills a tensor with Kaiming-uniform values times a gain where its mask is 1, zero elsewhere, whatever the target: a layer
    /// with such a step starts at random only.
    /// </summary>
    public sealed record MaskedUniform(Tensor Tensor, Tensor Mask, double Gain) : InitStep;

    /// <summary>Fills a vector with 0, 1, 2, …</summary>
    public sealed record Positions(Tensor Tensor) : InitStep;

    /// <summary>A method that does not say which parameters give a weight: the layer starts at random only.</summary>
    /// <param name="Method">The method.</param>
    public sealed record StartOnly(string Method) : InitStep;

    /// <summary>Goes on with another target: what the methods further left shall produce.</summary>
    public sealed record Retarget(Expr Value) : InitStep;

    /// <summary>Refuses a target with magnitudes at or above the limit, which the curve cannot reach.</summary>
    public sealed record RequireBelow(double Limit, string Meaning) : InitStep;

    /// <summary>
    /// Stores the best rank-r approximation of the target: with its singular value decomposition U Σ Vᵀ,
    /// up = U_r √(Σ_r / scale) and down = √(Σ_r / scale) V_rᵀ, so that scale · up · down is the approximation.
    /// </summary>
    public sealed record SplitTopRank(Tensor Up, Tensor Down, Expr Scale, int Rank) : InitStep;
}
