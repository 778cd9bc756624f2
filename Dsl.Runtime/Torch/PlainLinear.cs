using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A layer after <c>FoldTorch()</c>: a plain weight and bias, with the parameter names of TorchSharp's Linear.</summary>
public sealed class PlainLinear : Layer
{
    private readonly ActivationGrid? activation;

#pragma warning disable IDE0044 // .to(dtype or device) replaces the fields that carry parameters.
    [ComponentName(Name = "weight")]
    private Parameter weight;

    [ComponentName(Name = "bias")]
    private Parameter? bias;
#pragma warning restore IDE0044

    /// <summary>Wraps a weight and a bias, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    public PlainLinear(string name, Tensor weight, Tensor? bias, ActivationGrid? activation = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(weight);
        this.weight = new Parameter(weight);
        this.bias = bias is null ? null : new Parameter(bias);
        this.activation = activation;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        var parameters = weight.numel() + (bias?.numel() ?? 0);
        var flops = (2 * weight.numel()) + (bias?.numel() ?? 0);
        const string Form = "y[b,o] = Σ_i x[b,i]·W[o,i] + bias[o]";
        return new LayerCertificate(
            GetName(), Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], [],
            parameters, parameters, flops, flops, parameters * sizeof(float), parameters * sizeof(float), 2 * (weight.shape[1] + 1));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckInput(input, weight.shape[1], weight);
        using var scope = NewDisposeScope();
        return nn.functional.linear(FakeQuantize.Apply(input, activation), weight, bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FoldedLinear Fold() => FoldLinear(weight, bias, activation);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => activation is null ? MakeLinear(weight, bias) : MakeLinear(weight, bias, activation);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainLinear(weight, bias, activation);

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
    public override Tensor RoundingBound(Tensor magnitude, Tensor inputError)
    {
        using var scope = NewDisposeScope();
        (magnitude, inputError) = FakeQuantize.Bound(magnitude, inputError, activation);
        var size = weight.detach().to_type(ScalarType.Float64).abs();
        var terms = magnitude.matmul(size.t());
        terms = bias is null ? terms : terms + bias.detach().to_type(ScalarType.Float64).abs();
        return (inputError.matmul(size.t()) + (terms * (2 * (weight.shape[1] + 1) * UnitRoundoff))).MoveToOuterDisposeScope();
    }
}
