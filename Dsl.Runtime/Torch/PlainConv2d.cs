using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A convolution after <c>FoldTorch()</c>: a plain kernel and bias, with the parameter names of TorchSharp's Conv2d.</summary>
public sealed class PlainConv2d : Layer
{
    private readonly Conv2dGeometry geometry;
    private readonly ActivationGrid? activation;

#pragma warning disable IDE0044 // .to(dtype or device) replaces the fields that carry parameters.
    [ComponentName(Name = "weight")]
    private Parameter weight;

    [ComponentName(Name = "bias")]
    private Parameter? bias;
#pragma warning restore IDE0044

    /// <summary>Wraps a kernel and a bias, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    public PlainConv2d(string name, Conv2dGeometry geometry, Tensor weight, Tensor? bias, ActivationGrid? activation = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(weight);
        this.geometry = geometry;
        this.weight = new Parameter(weight);
        this.bias = bias is null ? null : new Parameter(bias);
        this.activation = activation;
        RegisterComponents();
    }

    /// <summary>Roundings that a term meets in both forms: the product, the sums and the bias.</summary>
    private long RoundingFactor => 2L * (geometry.InputsPerOutput + 2);

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        var parameters = weight.numel() + (bias?.numel() ?? 0);
        var flops = (2 * weight.numel()) + (bias?.numel() ?? 0);
        const string Form = "y[b,o,p,q] = Σ_c,u,v x[b,c,s·p+d·u-pad,s·q+d·v-pad]·W[o,c,u,v] + bias[o]";
        return new LayerCertificate(
            GetName(), Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], [],
            parameters, parameters, flops, flops, parameters * sizeof(float), parameters * sizeof(float), RoundingFactor);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckImage(input, geometry, weight);
        using var scope = NewDisposeScope();
        return Convolve(FakeQuantize.Apply(input, activation), weight, bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FoldedConv2d Fold() => FoldConv2d(weight, bias, geometry, activation);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() =>
        activation is null ? MakeConv2d(weight, bias, geometry) : MakeConv2d(weight, bias, geometry, activation);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainConv2d(weight, bias, geometry, activation);

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
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        (magnitude, inputError) = FakeQuantize.Bound(magnitude, inputError, activation);
        var size = weight.to_type(ScalarType.Float64).abs();
        var terms = Convolve(magnitude, size, bias?.to_type(ScalarType.Float64).abs());
        return (Convolve(inputError, size, null) + (terms * (RoundingFactor * UnitRoundoff))).MoveToOuterDisposeScope();
    }

    private Tensor Convolve(Tensor x, Tensor kernel, Tensor? shift) => nn.functional.conv2d(
        x,
        kernel,
        shift,
        [geometry.Stride, geometry.Stride],
        [geometry.Padding, geometry.Padding],
        [geometry.Dilation, geometry.Dilation],
        geometry.Groups);
}
