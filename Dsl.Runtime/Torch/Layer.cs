using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// A generated layer: an ordinary TorchSharp module whose forward and backward passes come from one expression, and which
/// knows its inference form.
/// </summary>
public abstract partial class Layer : nn.Module<Tensor, Tensor>
{
    /// <summary>Half the distance from 1 to the next float32: the largest relative error of one rounding.</summary>
    public const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Creates the module.</summary>
    /// <param name="name">The name that error messages give the layer: the declared property or class.</param>
    protected Layer(string name)
        : base(name)
    {
    }

    /// <summary>What was proved of the layer while it compiled, and what it costs.</summary>
    public abstract LayerCertificate GetCertificate();

    /// <summary>The inference form without libtorch: an immutable copy of the merged weight.</summary>
    /// <exception cref="NonFiniteWeightException">A merged weight is NaN or infinite.</exception>
    public abstract FoldedLayer Fold();

    /// <summary>The inference form as a plain TorchSharp module with merged weights of the same dtype and device.</summary>
    /// <exception cref="NonFiniteWeightException">A merged weight is NaN or infinite.</exception>
    public abstract nn.Module<Tensor, Tensor> FoldTorch();

    /// <summary>The inference form as a layer that can stand in this one's place in a model.</summary>
    /// <exception cref="NonFiniteWeightException">A merged weight is NaN or infinite.</exception>
    public abstract Layer FoldLayer();

    /// <summary>Starts the layer anew so that its effective weight is the given one.</summary>
    /// <param name="weight">(out, in), of a convolution (out, in / groups, kernel, kernel); any dtype and device.</param>
    /// <param name="bias">(out), or null to leave the bias as it is.</param>
    /// <exception cref="LayerShapeException">A shape does not fit, or a bias is given to a layer without.</exception>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite.</exception>
    /// <exception cref="WeightRangeException">The reparameterization cannot reach the weight.</exception>
    public abstract void LoadWeight(Tensor weight, Tensor? bias = null);

    /// <summary>
    /// A first-order bound on the float32 rounding difference between the training form and the folded form, per output.
    /// </summary>
    /// <param name="magnitude">|x|, float64, of the input's shape.</param>
    /// <param name="inputError">A bound on how much the inputs of the two forms differ, float64, of the same shape.</param>
    /// <returns>The bound, float64, of the output's shape.</returns>
    public abstract Tensor RoundingBound(Tensor magnitude, Tensor inputError);

    /// <summary>
    /// The same bound where the input itself is known, not only its magnitude: a normalization divides by a deviation that the
    /// magnitudes do not tell.
    /// </summary>
    /// <param name="input">x as the folded form gets it, float64.</param>
    /// <param name="inputError">A bound on how much the inputs of the two forms differ, float64, of the same shape.</param>
    /// <returns>The bound, float64, of the output's shape.</returns>
    public virtual Tensor RoundingBoundAt(Tensor input, Tensor inputError)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var magnitude = input.abs();
        return RoundingBound(magnitude, inputError);
    }

    /// <summary>Refuses an input of the wrong width or dtype and an empty batch, before anything is computed.</summary>
    /// <param name="input">The input, (…, inFeatures).</param>
    /// <param name="inFeatures">The size that its last dimension must have.</param>
    /// <param name="parameter">A stored tensor, whose dtype the input must have.</param>
    protected void CheckInput(Tensor input, long inFeatures, Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(parameter);
        var shape = input.shape;
        if (shape.Length == 0 || shape[^1] != inFeatures)
        {
            throw new LayerShapeException(GetName(), "input", $"(…, {inFeatures})", $"({string.Join(", ", shape)})");
        }

        if (input.numel() == 0)
        {
            throw new LayerShapeException(GetName(), "batch", "at least one row", $"({string.Join(", ", shape)})");
        }

        if (input.dtype != parameter.dtype)
        {
            throw new LayerTypeException(GetName(), parameter.dtype.ToString(), input.dtype.ToString());
        }
    }

    /// <summary>Refuses weights to load that do not fit, before anything is changed.</summary>
    /// <param name="weight">Must have the shape and be finite.</param>
    /// <param name="bias">Must be (shape[0]) and finite, or null.</param>
    /// <param name="shape">The shape of the layer's weight, its outputs first.</param>
    /// <param name="hasBias">Whether the layer has a bias.</param>
    protected void CheckWeight(Tensor weight, Tensor? bias, long[] shape, bool hasBias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(shape);
        CheckShape(weight, "weight", shape);
        CheckFinite(weight, "weight");
        if (bias is not null)
        {
            if (!hasBias)
            {
                throw new LayerShapeException(GetName(), "bias", "none", $"({string.Join(", ", bias.shape)})");
            }

            CheckShape(bias, "bias", shape[0]);
            CheckFinite(bias, "bias");
        }
    }

    /// <summary>Refuses a weight that reaches a limit.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="meaning">What sets the limit.</param>
    /// <exception cref="WeightRangeException">A magnitude is at or above the limit.</exception>
    protected void RequireBelow(Tensor weight, double limit, string meaning)
    {
        using var scope = NewDisposeScope();
        var largest = weight.abs().max().to_type(ScalarType.Float64).item<double>();
        if (!(largest < limit))
        {
            throw new WeightRangeException(GetName(), largest, limit, meaning);
        }
    }

    /// <summary>
    /// The two factors of the best approximation of a given rank: up · down · scale, from the singular value decomposition
    /// U Σ Vᵀ as up = U_r √(Σ_r / scale) and down = √(Σ_r / scale) V_rᵀ.
    /// </summary>
    /// <param name="weight">(out, in), or (out, …): a matrix with a row for each output.</param>
    /// <param name="rank">From 1 to the smaller side of the matrix.</param>
    /// <param name="scale">Greater than 0.</param>
    /// <returns>up (out, rank) and down (rank, in), or (rank, …).</returns>
    protected static (Tensor Up, Tensor Down) TopRank(Tensor weight, int rank, double scale)
    {
        ArgumentNullException.ThrowIfNull(weight);
        using var scope = NewDisposeScope();
        var (u, s, vh) = linalg.svd(weight.flatten(1).to_type(ScalarType.Float64), fullMatrices: false);
        var root = (s.narrow(0, 0, rank) / scale).sqrt();
        var up = (u.narrow(1, 0, rank) * root).to_type(weight.dtype);
        var down = (root.unsqueeze(1) * vh.narrow(0, 0, rank)).to_type(weight.dtype).reshape([rank, .. weight.shape[1..]]);
        return (up.MoveToOuterDisposeScope(), down.MoveToOuterDisposeScope());
    }

    /// <summary>U(-1/√n, 1/√n) with n the inputs of an output: Kaiming-uniform with a = √5, as TorchSharp's Linear and Conv2d start.</summary>
    /// <param name="like">Gives shape, dtype and device.</param>
    protected static Tensor KaimingUniform(Tensor like)
    {
        ArgumentNullException.ThrowIfNull(like);
        var limit = 1 / Math.Sqrt(like.numel() / like.shape[0]);
        return empty_like(like).uniform_(-limit, limit);
    }

    /// <summary>An immutable managed copy of merged weights.</summary>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected FoldedLinear FoldLinear(Tensor weight, Tensor? bias, ActivationGrid? activation = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new FoldedLinear(
            GetName(), checked((int)weight.shape[1]), checked((int)weight.shape[0]), ToArray(weight), bias is null ? [] : ToArray(bias))
        { Activation = activation };
    }

    /// <summary>TorchSharp's Linear with the given weights, which it takes over.</summary>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out), or null.</param>
    protected Linear MakeLinear(Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, bias);
        var linear = nn.Linear(weight.shape[1], weight.shape[0], bias is not null, weight.device, weight.dtype);
        using var noGradient = no_grad();
        linear.weight!.copy_(weight);
        if (bias is not null)
        {
            linear.bias!.copy_(bias);
        }

        return linear;
    }

    /// <summary>A plain layer with copies of the given weights, under this layer's name.</summary>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected PlainLinear MakePlainLinear(Tensor weight, Tensor? bias, ActivationGrid? activation = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, bias);
        return new PlainLinear(GetName(), weight.detach().clone(), bias?.detach().clone(), activation);
    }

    /// <summary>Refuses NaN and infinities.</summary>
    /// <param name="tensor">The values.</param>
    /// <param name="name">The tensor's name, for the message.</param>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite.</exception>
    protected void CheckFinite(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        var broken = tensor.detach().reshape(-1).isfinite().logical_not();
        if (broken.any().item<bool>())
        {
            var index = broken.to_type(ScalarType.Int32).argmax().item<long>();
            var value = tensor.detach().reshape(-1)[index].to_type(ScalarType.Float32).item<float>();
            throw new NonFiniteWeightException(GetName(), name, index, value);
        }
    }

    private void CheckFinite(Tensor weight, Tensor? bias)
    {
        CheckFinite(weight, "weight");
        if (bias is not null)
        {
            CheckFinite(bias, "bias");
        }
    }

    private void CheckShape(Tensor tensor, string what, params long[] expected)
    {
        if (!tensor.shape.SequenceEqual(expected))
        {
            throw new LayerShapeException(GetName(), what, $"({string.Join(", ", expected)})", $"({string.Join(", ", tensor.shape)})");
        }
    }

    private static float[] ToArray(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
