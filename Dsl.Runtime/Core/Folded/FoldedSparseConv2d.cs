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

    private protected override void Convolve(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width, in Epilogue epilogue)
    {
        var g = Geometry;
        var (channels, outputs) = (g.InChannels / g.Groups, g.OutChannels / g.Groups);
        var tile = new WindowTile(g, height, width, SparsePatchProduct.BlockWidth, int.MaxValue);
        using var patches = new PooledBuffer(tile.Length);
        for (var part = 0; part < batch * g.Groups; part++)
        {
            var from = x.Slice(part * channels * height * width, channels * height * width);
            var to = y.Slice(part * outputs * tile.Positions, outputs * tile.Positions);
            ForwardGroup(tile, from, to, patches.Span, part % g.Groups * outputs, outputs);
        }

        epilogue.Finish(y);
    }

    /// <summary>One group of one image: what lies under the kernel is gathered for a tile of outputs, then multiplied with the rows of the group.</summary>
    private void ForwardGroup(WindowTile tile, ReadOnlySpan<float> x, Span<float> y, Span<float> patches, int firstOutput, int outputs)
    {
        var bias = HasBias ? Bias.Slice(firstOutput, outputs) : [];
        var starts = Rows.RowStarts.Slice(firstOutput, outputs + 1);
        for (var first = 0; first < tile.Positions; first += tile.Width)
        {
            var count = Math.Min(tile.Width, tile.Positions - first);
            tile.Gather(x, patches, first, count);
            if (Rows.HasShortColumns)
            {
                SparsePatchProduct.Multiply(Rows.Values, Rows.ShortColumns, starts, bias, patches, tile.Stride, y[first..], tile.Positions, count);
            }
            else
            {
                SparsePatchProduct.Multiply(Rows.Values, Rows.LongColumns, starts, bias, patches, tile.Stride, y[first..], tile.Positions, count);
            }
        }
    }
}
