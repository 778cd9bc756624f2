namespace LayerDsl.Generator.Layers;

/// <summary>What a table read by indices has beside other layers.</summary>
/// <param name="Padding">The index whose row is not trained; null for none.</param>
internal sealed record TableForms(int? Padding);

/// <summary>A table read by indices: it adds a dimension.</summary>
internal sealed record EmbeddingShape(string Name, int Count, int Dim) : LayerShape(Name, Bias: false)
{
    public override string FoldedType => "FoldedEmbedding";

    public override string Kind => "Embedding";

    public override string Arguments => Text(Count) + ", " + Text(Dim);

    public override string BiasArgument => string.Empty;

    public override string Signature => "Embedding(" + Arguments + ")";

    public override string Wanted => "indices, at least one for each sample";

    public override EquatableArray<int>? OutputOf(EquatableArray<int> sample) => sample.Count > 0 ? [.. sample, Dim] : null;

    public override EquatableArray<int>? InputOf(EquatableArray<int> output) =>
        output.Count > 1 && output[output.Count - 1] == Dim ? output.Take(output.Count - 1).ToEquatableArray() : null;
}
