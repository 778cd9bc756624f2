using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>softmax(q kᵀ / √d) v in one vector width, a tile of queries at a time: their scores stay in the cache.</summary>
internal readonly unsafe ref struct AttentionKernel<TSimd, TVector> : IWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Multiplications below which a part is not worth its hand-over to another thread.</summary>
    private const long LeastProducts = 64 * 1024;

    private readonly AttentionWork work;
    private readonly float scale;
    private readonly int tiles;

    public AttentionKernel(in AttentionWork work)
    {
        this.work = work;
        scale = 1 / MathF.Sqrt(work.Geometry.HeadSize);
        tiles = TileRows.Count(work.Tokens);
        var units = work.Samples * work.Geometry.Heads * tiles;
        var products = (long)work.Total * (work.KeyWidth + work.Geometry.HeadSize) * Math.Min(work.Tokens, TileRows.Max);
        Parts = WorkerTeam.Shared.Parts(units, (int)Math.Clamp(LeastProducts / products, 1, int.MaxValue));
    }

    public int Parts { get; }

    private static int TileWidth => Tile<TSimd, TVector>.Width;

    public void Run(int part)
    {
        var units = (long)work.Samples * work.Geometry.Heads * tiles;
        var size = work.Geometry.HeadSize;
        var stride = (size + TileWidth - 1) / TileWidth * TileWidth;
        using var scores = new PooledBuffer(TileRows.Max * work.Capacity);
        using var means = new PooledBuffer(TileRows.Max * stride);
        for (var unit = (int)(units * part / Parts); unit < (int)(units * (part + 1) / Parts); unit++)
        {
            var (sample, rest) = Math.DivRem(unit, work.Geometry.Heads * tiles);
            var (head, tile) = Math.DivRem(rest, tiles);
            var first = TileRows.Start(work.Tokens, tile);
            Attend(sample, head, first, TileRows.Of(work.Tokens - first), scores.Span, means.Span, stride);
        }
    }

    private int Seen(int query) => work.Geometry.Causal ? work.First + query + 1 : work.Total;

    /// <summary>A tile of queries of one head.</summary>
    private void Attend(int sample, int head, int first, int rows, Span<float> scores, Span<float> means, int stride)
    {
        var (g, size) = (work.Geometry, work.Geometry.HeadSize);
        Span<float> sums = stackalloc float[TileRows.Max];
        fixed (float* queries = work.Queries, keys = work.Keys, to = scores)
        {
            var group = g.Heads / work.KeyHeads;
            var query = queries + ((((nint)sample * work.Tokens) + first) * g.Dim) + (g.MergedQueryKey ? 0 : head * size);
            var panel = keys + ((((nint)sample * work.KeyHeads) + (head / group)) * work.Capacity * work.KeyWidth);
            for (var token = 0; token < Seen(first + rows - 1); token += TileWidth, panel += TileWidth * work.KeyWidth)
            {
                if (g.QueryBias)
                {
                    Start(rows, panel + (work.QueryWidth * TileWidth), to + token);
                }

                Tile<TSimd, TVector>.Multiply(rows, new RowFactors(query, g.Dim), new StridedPlaces(panel, TileWidth), work.QueryWidth, to + token, work.Capacity, g.QueryBias);
            }
        }

        for (var row = 0; row < rows; row++)
        {
            sums[row] = Exponentials(scores.Slice(row * work.Capacity, Seen(first + row)));
        }

        Mix(sample, head, first, rows, scores, means, stride);
        for (var row = 0; row < rows; row++)
        {
            var target = work.Joined.Slice((((sample * work.Tokens) + first + row) * g.Dim) + (head * size), size);
            TensorPrimitives.Divide(means.Slice(row * stride, size), sums[row], target);
        }
    }

    /// <summary>Every row of a tile of scores starts with what the keys add to each score: their last values.</summary>
    private void Start(int rows, float* added, float* scores)
    {
        var from = new ReadOnlySpan<float>(added, TileWidth);
        for (var row = 0; row < rows; row++)
        {
            from.CopyTo(new Span<float>(scores + ((nint)row * work.Capacity), TileWidth));
        }
    }

    /// <summary>Weighted sums of values. What every row of the tile sees is one product; what only later rows see follows, so that none meets a token after it.</summary>
    private void Mix(int sample, int head, int first, int rows, ReadOnlySpan<float> scores, Span<float> means, int stride)
    {
        var (g, size) = (work.Geometry, work.Geometry.HeadSize);
        var start = (sample * work.Total * g.ValueSize) + (head / (g.Heads / g.KvHeads) * size);
        fixed (float* weights = scores, values = work.Values, to = means)
        {
            for (var k = 0; k < size; k += TileWidth)
            {
                Tile<TSimd, TVector>.Multiply(
                    rows, new RowFactors(weights, work.Capacity), new StridedPlaces(values + start + k, g.ValueSize), Seen(first), to + k, stride, add: false);
            }
        }

        for (var row = 1; row < rows; row++)
        {
            var mean = means.Slice(row * stride, size);
            for (var token = Seen(first); token < Seen(first + row); token++)
            {
                TensorPrimitives.MultiplyAdd(work.Values.Slice(start + (token * g.ValueSize), size), scores[(row * work.Capacity) + token], mean, mean);
            }
        }
    }

    /// <summary>exp(scale · (score − largest score)) in place; returns their sum.</summary>
    private float Exponentials(Span<float> row)
    {
        TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
        TensorPrimitives.Multiply(row, scale, row);
        TensorPrimitives.Exp(row, row);
        return TensorPrimitives.Sum<float>(row);
    }
}
