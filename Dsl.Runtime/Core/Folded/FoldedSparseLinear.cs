namespace LayerDsl;

/// <summary>
/// A linear layer whose weight is mostly zero, stored by what is not: y = x Wᵀ + b in 32-bit floats. What is zero is not
/// computed with, so that a NaN or infinity in an input that no weight reads has no effect.
/// </summary>
public sealed class FoldedSparseLinear : FoldedLinear
{
    /// <summary>Takes the matrix, and copies and checks the bias.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="rows">The weight, shape (out, in).</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">The length of the bias does not match.</exception>
    /// <exception cref="NonFiniteWeightException">A number of the bias is NaN or infinite.</exception>
    public FoldedSparseLinear(string name, SparseRows rows, ReadOnlySpan<float> bias)
        : base(name, (rows ?? throw new ArgumentNullException(nameof(rows))).Columns, rows.Rows, bias) => Rows = rows;

    /// <summary>The weight, shape (out, in).</summary>
    public SparseRows Rows { get; }

    /// <summary>The weight with its zeros, shape (out, in), row major; a new copy each time.</summary>
    public override ReadOnlySpan<float> Weight => Rows.ToDense();

    /// <inheritdoc/>
    public override long ParameterCount => (long)Rows.Count + Bias.Length + ActivationCount;

    /// <inheritdoc/>
    public override long ByteCount => Rows.ByteCount + ((long)(Bias.Length + ActivationCount) * sizeof(float));

    /// <summary>The layer itself, or its weight without the zeros where that takes fewer bytes.</summary>
    /// <param name="layer">A dense layer.</param>
    public static FoldedLinear Smaller(FoldedLinear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var weight = layer.Weight;
        var count = weight.Length - weight.Count(0f);
        return SparseRows.BytesOf(count, layer.OutFeatures, layer.InFeatures) < (long)weight.Length * sizeof(float)
            ? new FoldedSparseLinear(layer.Name, SparseRows.FromDense(layer.Name, layer.OutFeatures, layer.InFeatures, weight), layer.Bias) { Activation = layer.Activation }
            : layer;
    }

    private protected override IEnumerable<SafetensorsEntry> WeightTensors() => Rows.Tensors(Name);

    private protected override void Multiply(ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue) =>
        Rows.Multiply(x, y, rows, Bias, epilogue, KernelWidths.Best);
}
