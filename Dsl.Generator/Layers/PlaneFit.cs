using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// Binary planes of a weight: tensors that the runtime fits to it whenever the layer needs them. To the formulas they are tensors of any value, so
/// that a proof holds whatever the fit gives (docs/decisions/0006-binary.md).
/// </summary>
/// <param name="Source">The weight that is fitted.</param>
/// <param name="Signs">±1, a plane for each bit, over the axes of the weight.</param>
/// <param name="Scales">α, one for each plane and each place along the axes of the scale.</param>
/// <param name="Planes">How many planes.</param>
/// <param name="Choice">What scales may be: the name of a choice of the attribute.</param>
internal sealed record PlaneFit(Expr Source, Tensor Signs, Tensor Scales, int Planes, string Choice)
{
    public static Size PlaneCount => Size.Symbol("planes");

    public IEnumerable<Tensor> Tensors => [Signs, Scales];

    /// <summary>How many leading axes of the weight have scales of their own.</summary>
    public int ScaleAxes => Scales.Axes.Count - 1;

    public SizeBinding Binding => new("planes", Planes);
}
