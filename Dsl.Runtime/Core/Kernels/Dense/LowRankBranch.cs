using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>The side path of a layer: y += s · (x Aᵀ) Bᵀ, with A (rank, in) and B (out, rank) packed in 32-bit floats. Immutable.</summary>
internal sealed class LowRankBranch
{
    private readonly PackedMatrix down;
    private readonly PackedMatrix up;
    private readonly float scale;

    /// <summary>Packs the factors.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="inputs">Values per input row.</param>
    /// <param name="outputs">Values per output row.</param>
    /// <param name="down">A, row major.</param>
    /// <param name="up">B, row major.</param>
    /// <param name="scale">s.</param>
    /// <param name="kernels">The vectors to compute on.</param>
    public LowRankBranch(int rank, int inputs, int outputs, ReadOnlySpan<float> down, ReadOnlySpan<float> up, float scale, KernelWidth kernels)
    {
        this.down = new PackedMatrix(rank, inputs, down, kernels);
        this.up = new PackedMatrix(outputs, rank, up, kernels);
        this.scale = scale;
    }

    /// <summary>Adds the side path's result. Lengths are the caller's to check.</summary>
    /// <param name="x">(rows, in), row major.</param>
    /// <param name="y">(rows, out), row major.</param>
    /// <param name="rows">How many rows.</param>
    public void AddTo(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        using var reduced = new PooledBuffer(rows * down.Outputs);
        using var result = new PooledBuffer(y.Length);
        down.Multiply(x, reduced.Span, rows, [], default);
        TensorPrimitives.Multiply(reduced.Span, scale, reduced.Span);
        up.Multiply(reduced.Span, result.Span, rows, [], default);
        TensorPrimitives.Add(y, result.Span, y);
    }
}
