using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A normalization by the root mean square after <c>FoldTorch()</c>: a plain weight.</summary>
public sealed class PlainRmsNorm : Layer
{
    private readonly double eps;

#pragma warning disable IDE0044 // .to(dtype or device) replaces the fields that carry parameters.
    [ComponentName(Name = "weight")]
    private Parameter weight;
#pragma warning restore IDE0044

    /// <summary>Wraps tensors, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="weight">(features).</param>
    /// <param name="eps">Added to the mean square.</param>
    public PlainRmsNorm(string name, Tensor weight, double eps)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(weight);
        this.weight = new Parameter(weight);
        this.eps = eps;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        var parameters = weight.numel();
        const string Form = "y[b,i] = x[b,i] / √(Σ_j x[b,j]² / n + ε)·weight[i]";
        return new LayerCertificate(
            GetName(), Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], [],
            parameters, parameters, 5 * weight.numel(), 5 * weight.numel(), parameters * sizeof(float), parameters * sizeof(float), 2 * (weight.numel() + 6));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckInput(input, weight.shape[0], weight);
        using var scope = NewDisposeScope();
        var deviation = (input.square().mean([-1], keepdim: true) + eps).sqrt();
        return (input / deviation * weight).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FoldedRmsNorm Fold() => FoldRmsNorm(weight, eps);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => MakeRmsNorm(weight, eps);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainRmsNorm(weight, eps);

    /// <inheritdoc/>
    public override void LoadWeight(Tensor weight, Tensor? bias = null)
    {
        CheckWeight(weight, bias, this.weight.shape, hasBias: false);
        using var noGradient = no_grad();
        this.weight.copy_(weight);
    }

    /// <inheritdoc/>
    public override Tensor RoundingBound(Tensor magnitude, Tensor inputError) => NormBound.OfMagnitude(magnitude, inputError, weight, null, eps, centered: false);

    /// <inheritdoc/>
    public override Tensor RoundingBoundAt(Tensor input, Tensor inputError) => NormBound.Of(input, inputError, weight, null, eps, centered: false);
}
