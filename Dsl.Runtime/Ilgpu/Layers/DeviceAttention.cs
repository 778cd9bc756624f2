using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>
/// Self-attention: projections, the scores of all heads as a batch of products, their softmax, and the mean of the values as another batch. Scores take tokens² values
/// for each head and sample.
/// </summary>
public sealed class DeviceAttention : DeviceLayer
{
    private readonly AttentionGeometry geometry;
    private readonly ProductLauncher launcher;
    private readonly DeviceLinear? query;
    private readonly DeviceLinear key;
    private readonly DeviceLinear value;
    private readonly DeviceLinear output;
    private readonly ScratchBuffer queries;
    private readonly ScratchBuffer keys;
    private readonly ScratchBuffer values;
    private readonly ScratchBuffer scores;
    private readonly ScratchBuffer joined;

    /// <summary>Uploads a layer.</summary>
    internal DeviceAttention(KernelSet kernels, FoldedAttention layer, LaunchConfiguration launch, DeviceActivation activation, WeightPrecision precision)
        : base(kernels, layer.Name)
    {
        geometry = layer.Geometry;
        launcher = new ProductLauncher(kernels, launch);
        query = layer.Query is null ? null : Own(new DeviceLinear(kernels, layer.Query, launch, DeviceActivation.None, precision));
        key = Own(new DeviceLinear(kernels, layer.Key, launch, DeviceActivation.None, precision));
        value = Own(new DeviceLinear(kernels, layer.Value, launch, DeviceActivation.None, precision));
        output = Own(new DeviceLinear(kernels, layer.Output, launch, activation, precision));
        queries = Own(new ScratchBuffer(kernels.Accelerator));
        keys = Own(new ScratchBuffer(kernels.Accelerator));
        values = Own(new ScratchBuffer(kernels.Accelerator));
        scores = Own(new ScratchBuffer(kernels.Accelerator));
        joined = Own(new ScratchBuffer(kernels.Accelerator));
    }

    internal override IEnumerable<InputStatus> Statuses => new[] { query, key, value, output }.Where(part => part is not null).SelectMany(part => part!.Statuses);

    /// <summary>Enqueues attention within each sample.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">(batch, tokens, dim).</param>
    /// <param name="y">(batch, tokens, dim).</param>
    /// <param name="batch">The samples.</param>
    /// <param name="tokens">Tokens of a sample.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int batch, int tokens)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var rows = batch * tokens;
        var q = Queries(stream, x, rows);
        var k = keys.View(stream, checked(rows * geometry.KeySize));
        var v = values.View(stream, rows * geometry.ValueSize);
        key.Forward(stream, x, k, rows);
        value.Forward(stream, x, v, rows);
        var weights = scores.View(stream, checked(rows * tokens * geometry.Heads));
        Score(stream, q, k, weights, batch, tokens);
        Weigh(stream, weights, batch, tokens);
        var mean = joined.View(stream, rows * geometry.Dim);
        Mix(stream, weights, v, mean, batch, tokens);
        output.Forward(stream, mean, y, rows);
    }

    private int Share => geometry.Heads / geometry.KvHeads;

    /// <summary>Values of all queries of a token; what a key is multiplied with.</summary>
    private int QuerySize => geometry.MergedQueryKey ? geometry.KeyLength : geometry.Dim;

    /// <summary>(rows, query size): of merged queries and keys, the input, followed by a 1 where there is a bias.</summary>
    private ArrayView<float> Queries(AcceleratorStream stream, ArrayView<float> x, int rows)
    {
        if (geometry.MergedQueryKey && !geometry.QueryBias)
        {
            return x;
        }

        var q = queries.View(stream, checked(rows * QuerySize));
        if (query is not null)
        {
            query.Forward(stream, x, q, rows);
            return q;
        }

        var follow = Kernels.Get<Action<Index2D, ArrayView<float>, ArrayView<float>, int>, Action<AcceleratorStream, Index2D, ArrayView<float>, ArrayView<float>, int>>(
            ValueKernels.FollowByOne, Kernels.Accelerator.LoadAutoGroupedKernel);
        follow(stream, new Index2D(QuerySize, rows), x, q, geometry.Dim);
        return q;
    }

    private void Score(AcceleratorStream stream, ArrayView<float> q, ArrayView<float> k, ArrayView<float> weights, int batch, int tokens)
    {
        var (heads, size) = (geometry.Heads, geometry.KeyLength);
        var shape = new ProductShape(
            tokens,
            tokens,
            new Columns(size, size),
            new Segment(heads, 1, tokens * QuerySize, geometry.MergedQueryKey ? 0 : size),
            new Segment(heads, Share, tokens * geometry.KeySize, size),
            Segment.Every(tokens * tokens));
        launcher.Rows(stream, shape, q, QuerySize, new ValueRows(k, geometry.KeySize), new OutputRows(tokens), weights, Plain, batch * heads);
    }

    private void Weigh(AcceleratorStream stream, ArrayView<float> weights, int batch, int tokens) =>
        RowFunctions.Softmax(Kernels, stream, weights, weights, new Index2D(tokens, batch * geometry.Heads), tokens, 0, geometry.Causal ? 1 : 0, 1 / MathF.Sqrt(geometry.HeadSize));

    private void Mix(AcceleratorStream stream, ArrayView<float> weights, ArrayView<float> v, ArrayView<float> mean, int batch, int tokens)
    {
        var (heads, size) = (geometry.Heads, geometry.HeadSize);
        var shape = new ProductShape(
            tokens,
            size,
            new Columns(tokens, tokens),
            Segment.Every(tokens * tokens),
            new Segment(heads, Share, tokens * geometry.ValueSize, size),
            new Segment(heads, 1, tokens * geometry.Dim, size));
        launcher.Rows(stream, shape, weights, tokens, new ValueColumns(v, geometry.ValueSize), new OutputRows(geometry.Dim), mean, Plain, batch * heads);
    }

    private static SumEpilogue Plain => new(ArrayView<float>.Empty, Segment.None, 1, 0, DeviceActivation.None);
}
