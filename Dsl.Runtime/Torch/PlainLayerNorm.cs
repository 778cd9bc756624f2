using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A layer normalization after <c>FoldTorch()</c>: plain weight and bias, with the parameter names of TorchSharp's LayerNorm.</summary>
public sealed class PlainLayerNorm : Layer
{
    private readonly double eps;

#pragma warning disable IDE0044 // .to(dtype or device) replaces the fields that carry parameters.
    [ComponentName(Name = "weight")]
    private Parameter weight;

    [ComponentName(Name = "bias")]
    private Parameter? bias;
#pragma warning restore IDE0044

    /// <summary>Wraps tensors, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="weight">(features).</param>
    /// <param name="bias">(features), or null.</param>
    /// <param name="eps">Added to the variance.</param>
    public PlainLayerNorm(string name, Tensor weight, Tensor? bias, double eps)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(weight);
        this.weight = new Parameter(weight);
        this.bias = bias is null ? null : new Parameter(bias);
        this.eps = eps;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        var parameters = weight.numel() + (bias?.numel() ?? 0);
        const string Form = "y[b,i] = (x[b,i] - mean[b]) / √(variance[b] + ε)·weight[i] + bias[i]";
        return new LayerCertificate(
            GetName(), Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], [],
            parameters, parameters, 8 * weight.numel(), 8 * weight.numel(), parameters * sizeof(float), parameters * sizeof(float), 2 * (weight.numel() + 8));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckInput(input, weight.shape[0], weight);
        return nn.functional.layer_norm(input, [weight.shape[0]], weight, bias, eps);
    }

    /// <inheritdoc/>
    public override FoldedLayerNorm Fold() => FoldLayerNorm(weight, bias, eps);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => MakeLayerNorm(weight, bias, eps);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainLayerNorm(weight, bias, eps);

    /// <inheritdoc/>
    public override void LoadWeight(Tensor weight, Tensor? bias = null)
    {
        CheckWeight(weight, bias, this.weight.shape, this.bias is not null);
        using var noGradient = no_grad();
        this.weight.copy_(weight);
        if (bias is not null)
        {
            this.bias!.copy_(bias);
        }
    }

    /// <inheritdoc/>
    public override Tensor RoundingBound(Tensor magnitude, Tensor inputError) => NormBound.OfMagnitude(magnitude, inputError, weight, bias, eps, centered: true);

    /// <inheritdoc/>
    public override Tensor RoundingBoundAt(Tensor input, Tensor inputError) => NormBound.Of(input, inputError, weight, bias, eps, centered: true);
}
