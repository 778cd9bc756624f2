using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// A generated layer: an ordinary TorchSharp module whose forward and backward passes come from one expression, and which
/// knows its inference form.
/// </summary>
public abstract class Layer : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates the module.</summary>
    /// <param name="name">The name that error messages give the layer: the declared property or class.</param>
    protected Layer(string name)
        : base(name)
    {
    }

    /// <summary>The inference form without libtorch: an immutable copy of the merged weight.</summary>
    /// <exception cref="NonFiniteWeightException">A merged weight is NaN or infinite.</exception>
    public abstract FoldedLinear Fold();

    /// <summary>The inference form as a plain TorchSharp module with merged weights of the same dtype and device.</summary>
    /// <exception cref="NonFiniteWeightException">A merged weight is NaN or infinite.</exception>
    public abstract nn.Module<Tensor, Tensor> FoldTorch();

    /// <summary>
    /// A first-order bound on the float32 rounding difference between the training form and the folded form, per output.
    /// </summary>
    /// <param name="magnitude">|x|, float64, shape (…, in).</param>
    /// <param name="inputError">A bound on how much the inputs of the two forms differ, float64, shape (…, in).</param>
    /// <returns>The bound, float64, shape (…, out).</returns>
    public abstract Tensor RoundingBound(Tensor magnitude, Tensor inputError);
}
