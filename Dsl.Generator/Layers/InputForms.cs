using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// The forms of a layer whose input is rounded. The layer's own forms take the rounded input x̂ for x; here both are put together:
/// training x → x̂ → y, and inference in the codes of the input, with those of the weight where these stand for whole numbers.
/// </summary>
/// <param name="Rounded">x̂ and its codes.</param>
/// <param name="Training">The layer's training form over the tensor x̂.</param>
/// <param name="Claim">The whole training form, and the inference form.</param>
internal sealed record InputForms(RoundedInput Rounded, Expr Training, Claim Claim)
{
    /// <summary>x̂ as a tensor of the training form.</summary>
    public Tensor RoundedTensor => new("rounded_input", TensorRole.Input, Rounded.Input.Axes);

    /// <param name="name">The layer.</param>
    /// <param name="rounded">How the input is rounded.</param>
    /// <param name="training">The layer's training form over the input.</param>
    /// <param name="inference">The inference form.</param>
    /// <param name="folds">What its folded tensors are.</param>
    public static InputForms Of(string name, RoundedInput rounded, Expr training, Expr inference, IEnumerable<FoldDefinition> folds)
    {
        var whole = training.Inline(tensor => tensor == rounded.Input ? rounded.Training : null);
        var claim = new Claim(name, whole, inference, [rounded.Definition, .. folds], Conditions(rounded));
        var forms = new InputForms(rounded, training, claim);
        return forms with { Training = training.Inline(tensor => tensor == rounded.Input ? forms.RoundedTensor.All : null) };
    }

    private static EquatableArray<string> Conditions(RoundedInput rounded) =>
        rounded.Spec.Scheme == "Uniform" ? ["the input's grid is calibrated"] : rounded.Spec.Scheme == "Lsq" ? ["the input's step is set, by the first batch or by calibration"] : [];
}
