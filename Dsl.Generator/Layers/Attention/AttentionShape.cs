using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers.Attention;

/// <summary>An attention layer: it works on (tokens, dim) and keeps that shape.</summary>
/// <param name="Merged">Whether queries and keys share one weight.</param>
/// <param name="Parts">The projections.</param>
internal sealed record AttentionShape(
    string Name, int Dim, int Heads, int KvHeads, bool Causal, bool Merged, bool Bias, EquatableArray<AttentionPartShape> Parts) : LayerShape(Name, Bias)
{
    public override string FoldedType => "FoldedAttention";

    public override string Kind => "Attention";

    /// <summary>The values per token as generated code writes them: a number, or what holds the size that the constructor takes.</summary>
    public string DimText { get => field ?? Text(Dim); init; }

    /// <summary>The heads of queries, alike.</summary>
    public string HeadsText { get => field ?? Text(Heads); init; }

    /// <summary>Whether heads of queries share keys.</summary>
    public bool IsGrouped { get; init; } = KvHeads != Heads;

    /// <summary>The heads of keys, alike.</summary>
    public string KvHeadsText { get => IsGrouped ? field ?? Text(KvHeads) : HeadsText; init; }

    /// <summary>The values of a head, alike.</summary>
    public string HeadSizeText => Quotient(DimText, HeadsText, HeadSize);

    /// <summary>The heads of queries that share a head of keys, alike.</summary>
    public string GroupText => Quotient(HeadsText, KvHeadsText, Heads / KvHeads);

    /// <summary>Whether a size is a parameter of the constructor.</summary>
    public bool IsSymbolic => !IsNumber(DimText) || !IsNumber(HeadsText) || !IsNumber(KvHeadsText);

    /// <summary>The field that holds <see cref="Geometry"/>, or the method that makes it of the sizes.</summary>
    public override string Arguments => Name + "Geometry";

    /// <summary>The expression that makes the runtime's geometry.</summary>
    public string Geometry
    {
        get
        {
            var formats = Parts.Where(part => part.Layer.Format is not null || part.Layer.Activation is not null).Select(part => $"{part.Part} = {FormatOf(part.Layer)}").ToArray();
            return $"new AttentionGeometry({DimText}, {HeadsText}"
                + (!IsGrouped ? string.Empty : ", KvHeads: " + KvHeadsText) + (Causal ? ", Causal: true" : string.Empty) + (Merged ? ", MergedQueryKey: true" : string.Empty) + (QueryBias ? ", QueryBias: true" : string.Empty) + ")"
                + (formats.Length == 0 ? string.Empty : " { " + string.Join(", ", formats) + " }");
        }
    }

    public override string Signature => $"Attention({Text(Values)}, {Text(SizeOf("heads", Heads))} heads"
        + (!IsGrouped ? string.Empty : $", {Text(SizeOf(AttentionLayer.NamedKvHeads, KvHeads))} of keys") + (Causal ? ", causal" : string.Empty) + (Merged ? ", merged queries and keys" : string.Empty) + (Bias ? ")" : ", no bias)")
        + string.Concat(Parts.Where(part => part.Layer.Format is not null || part.Layer.Activation is not null).Select(part => $", {part.Part} {part.Layer.FullSignature}"));

    public override string Wanted => "(tokens, " + Text(Values) + ")";

    private Size Values => SizeOf("dim", Dim);

    public int HeadSize => Dim / Heads;

    /// <summary>Whether merged queries and keys have a bias of the queries.</summary>
    public bool QueryBias => Merged && Bias;

    /// <summary>What a key of a head is multiplied with: of merged queries the token, followed by a 1 where there is a bias.</summary>
    public int KeyLength => !Merged ? HeadSize : QueryBias ? Dim + 1 : Dim;

    /// <summary>The most values that a head makes of a token in training: scores, or keys as long as a token.</summary>
    public int MostOfHead(int tokens) => Merged ? Math.Max(tokens, KeyLength) : tokens;

    public static AttentionShape OfLayer(LayerSpec layer) => new(
        layer.Name,
        layer.Kind.Int("dim"),
        layer.Kind.Int("heads"),
        AttentionLayer.KvHeads(layer.Kind),
        layer.Kind.Flag("Causal"),
        AttentionParts.IsMerged(layer),
        layer.Kind.Flag("Bias", true),
        AttentionParts.Of(layer).Select(part => new AttentionPartShape(part.Part == "QueryKey" ? "Key" : part.Part, AsWritten(part.Layer))).ToEquatableArray())
    {
        DimText = layer.Kind.Size("dim"),
        HeadsText = layer.Kind.Size("heads"),
        KvHeadsText = layer.Kind.Size(AttentionLayer.NamedKvHeads),
        IsGrouped = AttentionLayer.IsGrouped(layer.Kind),
    };

    public override EquatableArray<Size>? OutputOf(EquatableArray<Size> sample) => sample.Count >= 2 && Fits(Values, sample[sample.Count - 1]) ? [.. sample.Take(sample.Count - 1), Values] : null;

    public override (Size Wanted, Size Given)? Joint(EquatableArray<Size> sample) => sample.Count >= 2 ? (Values, sample[sample.Count - 1]) : null;

    public override EquatableArray<Size>? InputOf(EquatableArray<Size> output) => OutputOf(output);

    private static string Quotient(string dividend, string divisor, int number) => IsNumber(dividend) && IsNumber(divisor) ? Text(number) : dividend + " / " + divisor;

    private static bool IsNumber(string text) => text.All(char.IsDigit);

    private static string FormatOf(LayerShape layer) =>
        "new ProjectionFormat(" + (layer.Format?.Text ?? "null") + (layer.Activation is { } activation ? ", " + activation.Text : string.Empty) + ")";
}

/// <summary>One projection as the runtime names it: merged queries and keys take the place of the keys.</summary>
internal sealed record AttentionPartShape(string Part, LayerShape Layer);
