namespace LayerDsl;

/// <summary>
/// Quantization: the layer multiplies with the weight rounded to a grid of 2^<see cref="Bits"/> levels. Training rounds in every pass
/// and passes gradients straight through (Bengio et al. 2013, arXiv 1308.3432); folding stores the codes and scales.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class QuantizeAttribute : Attribute
{
    /// <summary>Bits per weight, from 1 to 8; a scheme may allow fewer choices. Default 8.</summary>
    public int Bits { get; set; } = 8;

    /// <summary>The grid. Default <see cref="Scheme.Uniform"/>.</summary>
    public Scheme Scheme { get; set; } = Scheme.Uniform;

    /// <summary>Which weights share a scale. Default <see cref="Granularity.Channel"/>.</summary>
    public Granularity Granularity { get; set; } = Granularity.Channel;

    /// <summary>Weights per scale with <see cref="Granularity.Group"/>; must divide the inputs of a row. Default 32.</summary>
    public int GroupSize { get; set; } = 32;

    /// <summary>Whether the uniform grid is symmetric about zero; otherwise it has a zero point. Default true.</summary>
    public bool Symmetric { get; set; } = true;

    /// <summary>What the scales of <see cref="Scheme.Binary"/> may be. Default <see cref="BinaryScales.Float"/>.</summary>
    public BinaryScales Scales { get; set; } = BinaryScales.Float;

    /// <summary>How training rounds. Schemes with equal steps take either. Default <see cref="Rounding.Nearest"/>.</summary>
    public Rounding Rounding { get; set; } = Rounding.Nearest;

    /// <summary>Whether the layer's input is rounded as well, to codes of its own; the folded layer then computes with integers. Default false.</summary>
    public bool Activations { get; set; }

    /// <summary>Bits per input, from 1 to 8. Default 8.</summary>
    public int ActivationBits { get; set; } = 8;

    /// <summary>The grid of the input: Uniform (calibrated), Lsq or Pact (learned), or DoReFa (fixed). Default <see cref="Scheme.Uniform"/>.</summary>
    public Scheme ActivationScheme { get; set; } = Scheme.Uniform;

    /// <summary>
    /// Whether the codes of the input are signed and symmetric about zero. Otherwise they are unsigned: with a zero point on the uniform grid,
    /// which then takes any range; with Lsq for inputs that are not negative, such as those after a ReLU. Default false.
    /// </summary>
    public bool ActivationSymmetric { get; set; }

    /// <summary>The projections of an attention layer that it acts on. Default <see cref="Part.All"/>.</summary>
    public Part On { get; set; } = Part.All;
}
