using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Layers;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu;

/// <summary>
/// Self-attention that is trained on a device (Vaswani et al., Attention Is All You Need, 2017): the base of generated classes, which bring the projections.
/// P = softmax(q·kᵀ/√size) and y = P·v of each head; from the gradient g of y, with h the heads that share keys: dv = Σ_h Pᵀ·g, dP = g·vᵀ, dS = P∘(dP - Σ P∘dP)/√size, dq = dS·k, dk = Σ_h dSᵀ·q.
/// Where queries and keys have one weight, q is the token, followed by a 1 where there is a bias, and dq is added up over the heads into the gradient of the token.
/// </summary>
public abstract class TrainedAttention : TrainedLayer
{
    private const int DotThreads = 64;
    private const int FewRows = 8;

    private readonly AttentionGeometry geometry;
    private readonly int tokens;
    private readonly TrainedLayer? query;
    private readonly TrainedLayer key;
    private readonly TrainedLayer value;
    private readonly TrainedLayer output;
    private readonly ProductLauncher launcher;
    private readonly (RowValues Queries, RowValues Keys, RowValues Values, RowValues Shares, RowValues Mean) kept;
    private readonly (RowValues Queries, RowValues Keys, RowValues Values, RowValues Shares, RowValues Mean) gradients;
    private readonly RowValues more;

    /// <summary>Called by generated code.</summary>
    /// <param name="trainer">Who owns the memory and the stream.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="tokens">Tokens of a sample.</param>
    /// <param name="query">(dim → dim); null where queries and keys have one weight.</param>
    /// <param name="key">(dim → heads of keys times their length).</param>
    /// <param name="value">(dim → heads of keys times the size of a head).</param>
    /// <param name="output">(dim → dim), of the joined heads.</param>
    protected TrainedAttention(DeviceTrainer trainer, string name, AttentionGeometry geometry, int tokens, TrainedLayer? query, TrainedLayer key, TrainedLayer value, TrainedLayer output)
        : base(trainer, name)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        geometry.Check(name);
        (this.geometry, this.tokens, this.query, this.key, this.value, this.output) = (geometry, tokens, query, key, value, output);
        launcher = new ProductLauncher(trainer.Kernels, new LaunchConfiguration(TrainingProducts.TileFor(tokens, Math.Min(tokens, geometry.HeadSize)), DotThreads, FewRows));
        (RowValues, RowValues, RowValues, RowValues, RowValues) Five() => (NewRowValues(), NewRowValues(), NewRowValues(), NewRowValues(), NewRowValues());
        (kept, gradients, more) = (Five(), Five(), NewRowValues());
    }

    /// <summary>Heads of queries that share a head of keys.</summary>
    private int Share => geometry.Heads / geometry.KvHeads;

    private float Factor => 1 / MathF.Sqrt(geometry.HeadSize);

    /// <summary>Values of all queries of a token.</summary>
    private int QuerySize => geometry.MergedQueryKey ? geometry.KeyLength : geometry.Dim;

    /// <summary>From the queries of a head to those of the next; merged ones are the same for all.</summary>
    private int QueryStep => geometry.MergedQueryKey ? 0 : geometry.HeadSize;

    /// <summary>The queries of a head: one head after the other in each token.</summary>
    private Segment OfQueries => new(geometry.Heads, 1, tokens * QuerySize, QueryStep);

    /// <summary>The means of a head.</summary>
    private Segment OfMeans => new(geometry.Heads, 1, tokens * geometry.Dim, geometry.HeadSize);

    /// <summary>The keys of a head of queries.</summary>
    private Segment OfKeys => new(geometry.Heads, Share, tokens * geometry.KeySize, geometry.KeyLength);

    /// <summary>The values of a head of queries.</summary>
    private Segment OfValues => new(geometry.Heads, Share, tokens * geometry.ValueSize, geometry.HeadSize);

    /// <summary>The scores of a head.</summary>
    private Segment OfScores => Segment.Every(tokens * tokens);

    /// <inheritdoc/>
    public override void Forward(ArrayView<float> x, ArrayView<float> y, int rows)
    {
        var (q, k, v, shares, mean) = Views(kept, rows);
        q = Queries(x, q, rows);
        key.Forward(x, k, rows);
        value.Forward(x, v, rows);
        var (size, length) = (geometry.HeadSize, geometry.KeyLength);
        launcher.Rows(Stream, new ProductShape(tokens, tokens, new Columns(length, length), OfQueries, OfKeys, OfScores), q, QuerySize, new ValueRows(k, geometry.KeySize), new OutputRows(tokens), shares, Stored(1), Heads(rows));
        RowFunctions.Softmax(Kernels, Stream, shares, shares, new Index2D(tokens, Heads(rows)), tokens, isLogarithm: 0, geometry.Causal ? 1 : 0, Factor);
        launcher.Rows(Stream, new ProductShape(tokens, size, new Columns(tokens, tokens), OfScores, OfValues, OfMeans), shares, tokens, new ValueColumns(v, geometry.ValueSize), new OutputRows(geometry.Dim), mean, Stored(1), Heads(rows));
        output.Forward(mean, y, rows);
    }

    /// <inheritdoc/>
    public override void Backward(ArrayView<float> x, ArrayView<float> gradY, ArrayView<float> gradX, int rows)
    {
        var (q, k, v, shares, mean) = Views(kept, rows);
        var (gradQ, gradK, gradV, gradShares, gradMean) = Views(gradients, rows);
        output.Backward(mean, gradY, gradMean, rows);
        var size = geometry.HeadSize;
        launcher.Rows(Stream, new ProductShape(tokens, tokens, new Columns(size, size), OfMeans, OfValues, OfScores), gradMean, geometry.Dim, new ValueRows(v, geometry.ValueSize), new OutputRows(tokens), gradShares, Stored(1), Heads(rows));
        Across(shares, gradMean, new HeadRows(geometry.Dim, size, size, geometry.ValueSize), gradV, 1, rows);
        Kernels.SoftmaxGradient(Stream, shares, gradShares, gradShares, checked(Heads(rows) * tokens), tokens, isLogarithm: false);
        var isItself = geometry.MergedQueryKey && !geometry.QueryBias;
        Across(gradShares, isItself ? x : q, new HeadRows(QuerySize, QueryStep, geometry.KeyLength, geometry.KeySize), gradK, Factor, rows);
        if (query is null)
        {
            TokensOfQueries(gradShares, k, gradX, rows);
        }
        else
        {
            launcher.Rows(Stream, new ProductShape(tokens, size, new Columns(tokens, tokens), OfScores, OfKeys, OfQueries), gradShares, tokens, new ValueColumns(k, geometry.KeySize), new OutputRows(geometry.Dim), gradQ, Stored(Factor), Heads(rows));
            query.Backward(x, gradQ, gradX, rows);
        }

        Follow(key, x, gradK, gradX, rows);
        Follow(value, x, gradV, gradX, rows);
    }

    /// <summary>sums[s,d] = factor · Σ over tokens t, and over the heads that share keys, of scores[t,s] · values[t,d].</summary>
    private void Across(ArrayView<float> scores, ArrayView<float> values, HeadRows heads, ArrayView<float> sums, float factor, int rows)
    {
        var (size, square) = (heads.Size, tokens * tokens);
        var shape = new ProductShape(
            tokens,
            size,
            new Columns(tokens, tokens),
            new Segment(geometry.KvHeads, 1, geometry.Heads * square, Share * square),
            new Segment(geometry.KvHeads, 1, tokens * heads.Stride, Share * heads.Step),
            new Segment(geometry.KvHeads, 1, tokens * heads.SumStride, size));
        var tiled = new ProductLauncher(Kernels, new LaunchConfiguration(TrainingProducts.TileFor(tokens, size), DotThreads, DotRows: 0));
        for (var head = 0; head < Share; head++)
        {
            var (left, right) = (scores.SubView(head * square, scores.Length - (head * square)), values.SubView(head * heads.Step, values.Length - (head * heads.Step)));
            tiled.Run(Stream, shape, new ColumnRows(left, tokens), new ValueColumns(right, heads.Stride), new OutputRows(heads.SumStride), sums, Stored(factor, adds: head > 0), rows / tokens * geometry.KvHeads);
        }
    }

    /// <summary>The queries; where they are the tokens themselves, these, followed by a 1 where there is a bias.</summary>
    private ArrayView<float> Queries(ArrayView<float> x, ArrayView<float> q, int rows)
    {
        if (query is not null)
        {
            query.Forward(x, q, rows);
            return q;
        }

        if (!geometry.QueryBias)
        {
            return x;
        }

        var follow = Kernels.Get<Action<Index2D, ArrayView<float>, ArrayView<float>, int>, Action<AcceleratorStream, Index2D, ArrayView<float>, ArrayView<float>, int>>(
            ValueKernels.FollowByOne, Accelerator.LoadAutoGroupedKernel);
        follow(Stream, new Index2D(QuerySize, rows), x, q, geometry.Dim);
        return q;
    }

    /// <summary>The gradient of tokens that are queries themselves: gradX[t,i] = factor · Σ over heads h and tokens s of dS_h[t,s] · k_h[s,i], one head after the other.</summary>
    private void TokensOfQueries(ArrayView<float> gradScores, ArrayView<float> k, ArrayView<float> gradX, int rows)
    {
        if (gradX.Length == 0)
        {
            return;
        }

        var (dim, square) = (geometry.Dim, tokens * tokens);
        var shape = new ProductShape(
            tokens, dim, new Columns(tokens, tokens), Segment.Every(geometry.Heads * square), Segment.Every(tokens * geometry.KeySize), Segment.Every(tokens * dim));
        for (var head = 0; head < geometry.Heads; head++)
        {
            var (left, right) = (gradScores.SubView(head * square, gradScores.Length - (head * square)), k.SubView(head * geometry.KeyLength, k.Length - (head * geometry.KeyLength)));
            launcher.Rows(Stream, shape, left, tokens, new ValueColumns(right, geometry.KeySize), new OutputRows(dim), gradX, Stored(Factor, adds: head > 0), rows / tokens);
        }
    }

    /// <summary>Another projection of the same input: its gradient of the input is added.</summary>
    private void Follow(TrainedLayer layer, ArrayView<float> x, ArrayView<float> gradY, ArrayView<float> gradX, int rows)
    {
        if (gradX.Length == 0)
        {
            layer.Backward(x, gradY, gradX, rows);
            return;
        }

        var term = more.View(checked(rows * geometry.Dim));
        layer.Backward(x, gradY, term, rows);
        Kernels.Add(Stream, gradX, term);
    }

    /// <summary>Heads of all samples.</summary>
    private int Heads(int rows) => checked(rows / tokens * geometry.Heads);

    private (ArrayView<float> Queries, ArrayView<float> Keys, ArrayView<float> Values, ArrayView<float> Shares, ArrayView<float> Mean) Views(
        (RowValues Queries, RowValues Keys, RowValues Values, RowValues Shares, RowValues Mean) of, int rows) => checked((
        of.Queries.View(rows * QuerySize),
        of.Keys.View(rows * geometry.KeySize),
        of.Values.View(rows * geometry.ValueSize),
        of.Shares.View(rows * tokens * geometry.Heads),
        of.Mean.View(rows * geometry.Dim)));

    /// <summary>How rows of all heads lie.</summary>
    /// <param name="Stride">From one row to the next.</param>
    /// <param name="Step">From one head to the next; 0 where all are the same.</param>
    /// <param name="Size">Values of a head.</param>
    /// <param name="SumStride">From one row of the sums to the next.</param>
    private readonly record struct HeadRows(int Stride, int Step, int Size, int SumStride);

    private static SumEpilogue Stored(float factor, bool adds = false) => new(ArrayView<float>.Empty, Segment.None, factor, adds ? 1 : 0, DeviceActivation.None);
}
