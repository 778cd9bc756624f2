namespace LayerDsl;

/// <summary>
/// A convolution whose kernel is mostly zero, stored by what is not: a row of (in / groups, kernel, kernel) for every output. What is
/// zero is not computed with, so that a NaN or infinity in an input that no weight reads has no effect.
/// </summary>
public sealed class FoldedSparseConv2d : FoldedConv2d
{
    /// <summary>Takes the kernel, and copies and checks the bias.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="rows">The kernel, shape (out, in / groups · kernel · kernel).</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">A size is out of range, or does not match.</exception>
    /// <exception cref="NonFiniteWeightException">A number of the bias is NaN or infinite.</exception>
    public FoldedSparseConv2d(string name, Conv2dGeometry geometry, SparseRows rows, ReadOnlySpan<float> bias)
        : base(name, geometry, bias)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Require.Equal(name, "rows of the kernel", geometry.OutChannels, rows.Rows);
        Require.Equal(name, "columns of the kernel", geometry.InputsPerOutput, rows.Columns);
        Rows = rows;
    }

    /// <summary>The kernel, shape (out, in / groups · kernel · kernel).</summary>
    public SparseRows Rows { get; }

    /// <summary>The kernel with its zeros, shape (out, in / groups, kernel, kernel), row major; a new copy each time.</summary>
    public override ReadOnlySpan<float> Weight => Rows.ToDense();

    /// <inheritdoc/>
    public override long ParameterCount => (long)Rows.Count + Bias.Length + ActivationCount;

    /// <inheritdoc/>
    public override long ByteCount => Rows.ByteCount + ((long)(Bias.Length + ActivationCount) * sizeof(float));

    /// <summary>The convolution itself, or its kernel without the zeros where that takes fewer bytes.</summary>
    /// <param name="layer">A dense convolution, in 32-bit floats.</param>
    public static FoldedConv2d Smaller(FoldedConv2d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var weight = layer.Weight;
        var (outputs, inputs) = (layer.Geometry.OutChannels, layer.Geometry.InputsPerOutput);
        return layer.Quantized is null && SparseRows.BytesOf(weight.Length - weight.Count(0f), outputs, inputs) < (long)weight.Length * sizeof(float)
            ? new FoldedSparseConv2d(layer.Name, layer.Geometry, SparseRows.FromDense(layer.Name, outputs, inputs, weight), layer.Bias) { Activation = layer.Activation }
            : layer;
    }

    private protected override IEnumerable<SafetensorsEntry> WeightTensors() => Rows.Tensors(Name);

    private protected override void MultiplyTile(ReadOnlySpan<float> weights, ReadOnlySpan<float> patches, int stride, Span<float> y, int yStride, int first, int outputs, int count)
    {
        var bias = HasBias ? Bias.Slice(first, outputs) : [];
        if (Rows.HasShortColumns)
        {
            SparsePatchProduct.Multiply(Rows.Values, Rows.ShortColumns, Rows.RowStarts.Slice(first, outputs + 1), bias, patches, stride, y, yStride, count);
        }
        else
        {
            SparsePatchProduct.Multiply(Rows.Values, Rows.LongColumns, Rows.RowStarts.Slice(first, outputs + 1), bias, patches, stride, y, yStride, count);
        }
    }
}
