using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A batch normalization after <c>FoldTorch()</c>: the merged scale and shift of each channel, whatever the mode.</summary>
public sealed class PlainBatchNorm2d : Layer
{
    /// <summary>A product and a sum, in both forms.</summary>
    private const long RoundingFactor = 4;

#pragma warning disable IDE0044 // .to(dtype or device) replaces the fields that carry parameters.
    [ComponentName(Name = "scale")]
    private Parameter scale;

    [ComponentName(Name = "shift")]
    private Parameter shift;
#pragma warning restore IDE0044

    /// <summary>Wraps tensors, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="scale">(channels).</param>
    /// <param name="shift">(channels).</param>
    public PlainBatchNorm2d(string name, Tensor scale, Tensor shift)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(shift);
        this.scale = new Parameter(scale);
        this.shift = new Parameter(shift);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        var parameters = scale.numel() + shift.numel();
        const string Form = "y[b,c,h,w] = x[b,c,h,w]·scale[c] + shift[c]";
        return new LayerCertificate(
            GetName(), Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], [],
            parameters, parameters, parameters, parameters, parameters * sizeof(float), parameters * sizeof(float), RoundingFactor);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckChannels(input, scale.shape[0], scale);
        using var scope = NewDisposeScope();
        return ((input * OfChannels(scale)) + OfChannels(shift)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FoldedBatchNorm2d Fold() => FoldBatchNorm2d(scale, shift);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => MakePlainBatchNorm2d(scale, shift);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainBatchNorm2d(scale, shift);

    /// <inheritdoc/>
    public override void LoadWeight(Tensor weight, Tensor? bias = null)
    {
        CheckWeight(weight, bias, scale.shape, hasBias: true);
        using var noGradient = no_grad();
        scale.copy_(weight);
        if (bias is not null)
        {
            shift.copy_(bias);
        }
    }

    /// <inheritdoc/>
    public override Tensor RoundingBound(Tensor magnitude, Tensor inputError)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        ArgumentNullException.ThrowIfNull(inputError);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var factor = OfChannels(scale).to_type(ScalarType.Float64).abs();
        var terms = (magnitude * factor) + OfChannels(shift).to_type(ScalarType.Float64).abs();
        return ((inputError * factor) + (terms * (RoundingFactor * UnitRoundoff))).MoveToOuterDisposeScope();
    }

    private static Tensor OfChannels(Tensor tensor) => tensor.reshape(-1, 1, 1);
}
