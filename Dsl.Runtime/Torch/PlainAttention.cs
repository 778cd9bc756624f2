using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>An attention layer after <c>FoldTorch()</c>: plain projections, and TorchSharp's own operations between them.</summary>
public sealed class PlainAttention : Layer
{
    private readonly AttentionGeometry geometry;

#pragma warning disable IDE0044 // TorchSharp replaces the fields of registered modules.
    [ComponentName(Name = "query")]
    private Layer? query;

    [ComponentName(Name = "key")]
    private Layer key;

    [ComponentName(Name = "value")]
    private Layer value;

    [ComponentName(Name = "output")]
    private Layer output;
#pragma warning restore IDE0044

    /// <summary>Joins projections, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="query">The projection to queries; null with merged queries and keys, where the input is the query.</param>
    /// <param name="key">The projection to keys.</param>
    /// <param name="value">The projection to values.</param>
    /// <param name="output">The projection of the joined heads.</param>
    public PlainAttention(string name, AttentionGeometry geometry, Layer? query, Layer key, Layer value, Layer output)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        this.geometry = geometry;
        this.query = query;
        this.key = key;
        this.value = value;
        this.output = output;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        const string Form = "y = softmax(q kᵀ / √d + mask) v";
        Layer[] parts = query is null ? [key, value, output] : [query, key, value, output];
        return JoinCertificates(Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], flops: 0, parts);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckTokens(input, geometry.Dim);
        using var scope = NewDisposeScope();
        var x = input.reshape(-1, input.shape[^2], geometry.Dim);
        var group = geometry.Heads / geometry.KvHeads;
        var q = query is null ? (geometry.QueryBias ? FollowedByOne(x) : x).unsqueeze(1) : Heads(query.call(x), geometry.Heads);
        var k = Heads(key.call(x), geometry.KvHeads).repeat_interleave(group, 1);
        var v = Heads(value.call(x), geometry.KvHeads).repeat_interleave(group, 1);
        var scores = q.matmul(k.transpose(-2, -1)) / Math.Sqrt(geometry.HeadSize);
        var weights = (geometry.Causal ? scores + CausalMask(x) : scores).softmax(-1);
        var joined = weights.matmul(v).transpose(1, 2).flatten(2);
        return output.call(joined).reshape(input.shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FoldedAttention Fold() => new(
        GetName(), Unquantized, (FoldedLinear?)query?.Fold(), (FoldedLinear)key.Fold(), (FoldedLinear)value.Fold(), (FoldedLinear)output.Fold());

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => FoldLayer();

    /// <inheritdoc/>
    public override Layer FoldLayer() => new PlainAttention(GetName(), geometry, query?.FoldLayer(), key.FoldLayer(), value.FoldLayer(), output.FoldLayer());

    /// <inheritdoc/>
    /// <remarks>Merged queries and keys cannot be told from W_qk: their rows are not taken.</remarks>
    public override void LoadWeight(Tensor weight, Tensor? bias = null)
    {
        if (query is null)
        {
            throw new LayerShapeException(GetName(), "weight", "loaded into the training form, whose factors it has", "for queries and keys apart");
        }

        using var rows = SplitProjections(geometry, weight, bias, hasBias: output.named_parameters().Any(parameter => parameter.name == "bias"));
        query.LoadWeight(rows.Query, rows.QueryBias);
        key.LoadWeight(rows.Key, rows.KeyBias);
        value.LoadWeight(rows.Value, rows.ValueBias);
        output.LoadWeight(rows.Output, rows.OutputBias);
    }

    /// <inheritdoc/>
    public override Tensor RoundingBound(Tensor magnitude, Tensor inputError) => AttentionBound(geometry, magnitude, inputError, query, key, value, output);

    /// <summary>Plain weights are in floats, whatever they were rounded to; rounded inputs stay so.</summary>
    private AttentionGeometry Unquantized => geometry with
    {
        Query = geometry.Query with { Weight = null },
        Key = geometry.Key with { Weight = null },
        Value = geometry.Value with { Weight = null },
        Output = geometry.Output with { Weight = null },
    };

    /// <summary>(n, tokens, heads · size) → (n, heads, tokens, size).</summary>
    private static Tensor Heads(Tensor x, int heads) => x.unflatten(2, heads, -1).transpose(1, 2);
}
