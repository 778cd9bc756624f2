using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A batch normalization after <c>FoldTorch()</c>: the merged scale and shift of each feature, whatever the mode.</summary>
public abstract class PlainBatchNorm : Layer
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
    /// <param name="scale">(features).</param>
    /// <param name="shift">(features).</param>
    private protected PlainBatchNorm(string name, Tensor scale, Tensor shift)
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
        return new LayerCertificate(
            GetName(), Formula, string.Empty, Formula, Formula, "proved for every size: both forms are the same", [], [],
            parameters, parameters, parameters, parameters, parameters * sizeof(float), parameters * sizeof(float), RoundingFactor);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckSamples(input, scale);
        using var scope = NewDisposeScope();
        return ((input * Aligned(scale)) + Aligned(shift)).MoveToOuterDisposeScope();
    }

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
        var factor = Aligned(scale).to_type(ScalarType.Float64).abs();
        var terms = (magnitude * factor) + Aligned(shift).to_type(ScalarType.Float64).abs();
        return ((inputError * factor) + (terms * (RoundingFactor * UnitRoundoff))).MoveToOuterDisposeScope();
    }

    /// <summary>What the layer computes, for its certificate.</summary>
    private protected abstract string Formula { get; }

    /// <summary>The merged scale.</summary>
    private protected Tensor MergedScale => scale;

    /// <summary>The merged shift.</summary>
    private protected Tensor MergedShift => shift;

    /// <summary>Refuses an input of another shape or dtype.</summary>
    private protected abstract void CheckSamples(Tensor input, Tensor parameter);

    /// <summary>A value for each feature, as it meets the input.</summary>
    private protected abstract Tensor Aligned(Tensor tensor);
}
