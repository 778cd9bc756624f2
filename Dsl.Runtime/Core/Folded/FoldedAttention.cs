namespace LayerDsl;

/// <summary>
/// Self-attention ready for inference: <c>softmax(q kᵀ / √d) v</c> in each head, between projections that are folded linear layers of any format.
/// Immutable, and safe to use from many threads at once.
/// </summary>
public sealed partial class FoldedAttention : FoldedLayer
{
    /// <summary>Checks and joins projections.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="query">dim → dim; null with merged queries and keys, where the input itself is the query.</param>
    /// <param name="key">dim → <see cref="AttentionGeometry.KeySize"/>.</param>
    /// <param name="value">dim → <see cref="AttentionGeometry.ValueSize"/>.</param>
    /// <param name="output">dim → dim.</param>
    /// <exception cref="LayerShapeException">A size or format is not that of the geometry.</exception>
    public FoldedAttention(string name, AttentionGeometry geometry, FoldedLinear? query, FoldedLinear key, FoldedLinear value, FoldedLinear output)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(output);
        geometry.Check(name);
        Require.Equal(name, "number of projections to queries", geometry.MergedQueryKey ? 0 : 1, query is null ? 0 : 1);
        if (query is not null)
        {
            Check(name, "query", query, geometry.Dim, geometry.Dim, geometry.Query);
        }

        Check(name, geometry.MergedQueryKey ? "queryKey" : "key", key, geometry.Dim, geometry.KeySize, geometry.Key);
        Check(name, "value", value, geometry.Dim, geometry.ValueSize, geometry.Value);
        Check(name, "output", output, geometry.Dim, geometry.Dim, geometry.Output);
        Require.Equal(name, "biases of merged queries and keys", 0, geometry.MergedQueryKey && key.HasBias ? 1 : 0);
        Geometry = geometry;
        Query = query;
        Key = key;
        Value = value;
        Output = output;
    }

    /// <summary>Sizes, and the formats of the projections.</summary>
    public AttentionGeometry Geometry { get; }

    /// <summary>The projection to queries; null with merged queries and keys.</summary>
    public FoldedLinear? Query { get; }

    /// <summary>The projection to keys; with merged queries and keys x W_qkᵀ, <see cref="AttentionGeometry.KeyLength"/> values for each head.</summary>
    public FoldedLinear Key { get; }

    /// <summary>The projection to values.</summary>
    public FoldedLinear Value { get; }

    /// <summary>The projection of the joined heads.</summary>
    public FoldedLinear Output { get; }

    /// <summary>Whether the projections add biases.</summary>
    public bool HasBias => Output.HasBias;

    /// <summary>The projections there are.</summary>
    internal IEnumerable<FoldedLinear> Projections => Query is null ? [Key, Value, Output] : [Query, Key, Value, Output];

    /// <inheritdoc/>
    public override long ParameterCount => Projections.Sum(projection => projection.ParameterCount);

    /// <inheritdoc/>
    public override long ByteCount => Projections.Sum(projection => projection.ByteCount);

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors => Projections.SelectMany(projection => projection.AllTensors);

    private static void Check(string name, string part, FoldedLinear projection, int inFeatures, int outFeatures, ProjectionFormat format)
    {
        if ((projection.Name, projection.InFeatures, projection.OutFeatures) != (PartName(name, part), inFeatures, outFeatures))
        {
            throw new LayerShapeException(
                name, part, $"{PartName(name, part)} ({inFeatures} → {outFeatures})", $"{projection.Name} ({projection.InFeatures} → {projection.OutFeatures})");
        }

        if (projection.Quantized?.Format != format.Weight || projection.Activation?.Format != format.Input)
        {
            throw new LayerShapeException(name, "format of " + part, $"{format}", $"{new ProjectionFormat(projection.Quantized?.Format, projection.Activation?.Format)}");
        }
    }

    /// <summary>The name of a projection, in messages and files.</summary>
    internal static string PartName(string layer, string part) => layer + "." + part;
}
