using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>The input of a layer on a grid of its own: x̂ = scale · (codes - zero).</summary>
/// <param name="Spec">Scheme, bits and sign.</param>
/// <param name="Input">The input x.</param>
/// <param name="Scale">The step of the grid.</param>
/// <param name="Zero">The code of 0; null where that is 0.</param>
/// <param name="Codes">The integer codes, over the axes of the input.</param>
/// <param name="Training">x̂ with its declared gradient.</param>
/// <param name="Stored">What the grid stores.</param>
/// <param name="Note">Formula and paper.</param>
internal sealed record RoundedInput(
    ActivationSpec Spec, Tensor Input, Expr Scale, Expr? Zero, Expr Codes, Expr Training, EquatableArray<StoredTensor> Stored, MethodNote Note)
{
    /// <summary>The codes as a tensor of the inference form.</summary>
    public Tensor CodesTensor => new("input_codes", TensorRole.Input, Input.Axes);

    /// <summary>How the codes come from the input.</summary>
    public FoldDefinition Definition => new(CodesTensor, Codes);

    /// <summary>The codes counted from that of zero: x̂ in units of the scale.</summary>
    public Expr Steps => Zero is null ? CodesTensor.All : CodesTensor.All - Zero;

    /// <summary>x̂ from the codes.</summary>
    public Expr Decoded => Scale * Steps;
}
