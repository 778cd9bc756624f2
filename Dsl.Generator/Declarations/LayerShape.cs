namespace LayerDsl.Generator.Declarations;

/// <summary>What the body of <c>forward</c> needs to know of a layer that it calls.</summary>
/// <param name="Name">The name of the property or field.</param>
/// <param name="InFeatures">The size of the input's last dimension.</param>
/// <param name="OutFeatures">The size of the output's last dimension.</param>
/// <param name="Bias">Whether the folded layer has a bias.</param>
internal sealed record LayerShape(string Name, int InFeatures, int OutFeatures, bool Bias)
{
    public static LayerShape Of(LayerSpec layer) =>
        new(layer.Name, layer.Kind.Int("inFeatures"), layer.Kind.Int("outFeatures"), layer.Kind.Flag("Bias", true));
}
