namespace LayerDsl;

/// <summary>Weights in binary planes: <c>w ≈ Σ_p scales[p] · (bit p of the code ? 1 : -1)</c>.</summary>
/// <param name="Scales">One for each plane.</param>
/// <param name="Codes">One for each weight; bit p is 1 where plane p has the sign +.</param>
public sealed record BinaryFit(EquatableList<float> Scales, EquatableList<byte> Codes)
{
    /// <summary>The weight that a code stands for.</summary>
    /// <param name="code">The code.</param>
    public float Level(int code)
    {
        var sum = 0f;
        for (var plane = 0; plane < Scales.Count; plane++)
        {
            sum += ((code >> plane) & 1) == 1 ? Scales[plane] : -Scales[plane];
        }

        return sum;
    }
}
