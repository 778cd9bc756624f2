using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>What a table read by indices has beside other layers.</summary>
/// <param name="Padding">The index whose row is not trained; null for none.</param>
internal sealed record TableForms(int? Padding);

/// <summary>A table read by indices: it adds a dimension.</summary>
internal sealed record EmbeddingShape(string Name, int Count, int Dim) : LayerShape(Name, Bias: false)
{
    public override string FoldedType => "FoldedEmbedding";

    public override string Kind => "Embedding";

    private Size Length => SizeOf("dim", Dim);

    public override string Arguments => Text(SizeOf("count", Count)) + ", " + Text(Length);

    public override string BiasArgument => string.Empty;

    public override string Signature => "Embedding(" + Arguments + ")";

    public override string Wanted => "indices, at least one for each sample";

    public override EquatableArray<Size>? OutputOf(EquatableArray<Size> sample) => sample.Count > 0 ? [.. sample, Length] : null;

    public override EquatableArray<Size>? InputOf(EquatableArray<Size> output) =>
        output.Count > 1 && Fits(Length, output[output.Count - 1]) ? output.Take(output.Count - 1).ToEquatableArray() : null;
}
