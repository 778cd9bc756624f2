using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>The tensors of a layer's input grid.</summary>
/// <param name="Format">The codes.</param>
/// <param name="Scale">The step, a scalar; of Pact α, the upper end of the range; null where it is fixed. 0 while it is not known.</param>
/// <param name="ZeroPoint">The code of 0, a scalar; null where it is fixed.</param>
public sealed record ActivationParameters(ActivationFormat Format, Tensor? Scale, Tensor? ZeroPoint)
{
    /// <summary>Learned steps and ranges count as this if they are less, in training as well.</summary>
    private const float Least = 1e-5f;

    /// <summary>Whether there is a grid: before, the input passes as it is.</summary>
    public bool IsCalibrated => Scale is null || Read(Scale) != 0;

    /// <summary>Whether calibration can set it.</summary>
    internal bool CanBeCalibrated => Scale is not null;

    /// <summary>The grid as it is now.</summary>
    /// <param name="layer">The layer's name, for messages.</param>
    /// <exception cref="NotCalibratedException">There is none yet.</exception>
    /// <exception cref="LayerShapeException">Scale or zero point are out of range: not finite, for instance.</exception>
    internal ActivationGrid Grid(string layer) => IsCalibrated
        ? new ActivationGrid(layer, Format, Step(), ZeroPoint is null ? 0 : (int)Read(ZeroPoint))
        : throw new NotCalibratedException(layer, Format.Scheme);

    /// <summary>Stores a step and a zero point; of Pact the range that the step gives.</summary>
    internal void Store(float scale, int zeroPoint)
    {
        using var noGradient = no_grad();
        Scale?.fill_(Format.Scheme == "Pact" ? scale * Format.Highest : scale);
        ZeroPoint?.fill_(zeroPoint);
    }

    private float Step() => Format.Scheme switch
    {
        "Pact" => MathF.Max(Read(Scale!), Least) / Format.Highest,
        "Lsq" => MathF.Max(Read(Scale!), Least),
        "DoReFa" => (float)(1.0 / Format.Highest),
        _ => Read(Scale!),
    };

    private static float Read(Tensor scalar) => scalar.detach().to_type(ScalarType.Float32).item<float>();
}
