namespace LayerDsl;

/// <summary>What a layer with a weight in codes does with inputs that it does not round as part of the model.</summary>
public enum ActivationPrecision
{
    /// <summary>Inputs stay as they are: results differ from those of the decoded weight by rounding errors of 32-bit floats only.</summary>
    Float32,

    /// <summary>
    /// Inputs are rounded to 8 bits while a layer runs, with a step of max|x| / 127 for every group of neighbouring inputs: faster, and approximate. An output is off by at most
    /// Σ_g step_g / 2 · Σ|w| over the weights of group g. Levels that are no whole numbers of 8 bits, such as those of NF4, are rounded as well. Like accuracy level 4 of ONNX
    /// Runtime's <c>MatMulNBits</c>.
    /// </summary>
    Int8,
}
