namespace LayerDsl;

/// <summary>A batch normalization of images ready for inference, with its running statistics merged: y = x · scale[c] + shift[c].</summary>
public sealed class FoldedBatchNorm2d : FoldedLayer
{
    private readonly float[] scale;
    private readonly float[] shift;

    /// <summary>Copies and checks the merged statistics.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="scale">weight / √(running variance + ε), one for each channel.</param>
    /// <param name="shift">bias − running mean · scale, one for each channel.</param>
    /// <exception cref="LayerShapeException">There is no channel, or the lengths differ.</exception>
    /// <exception cref="NonFiniteWeightException">A scale or shift is NaN or infinite.</exception>
    public FoldedBatchNorm2d(string name, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
        : base(name)
    {
        Require.Positive(name, "features", scale.Length);
        Require.Equal(name, "length of the shift", scale.Length, shift.Length);
        Require.Finite(name, "scale", scale);
        Require.Finite(name, "shift", shift);
        this.scale = scale.ToArray();
        this.shift = shift.ToArray();
    }

    /// <summary>The channels.</summary>
    public int Features => scale.Length;

    /// <summary>The factor of each channel.</summary>
    public ReadOnlySpan<float> Scale => scale;

    /// <summary>What is added to each channel.</summary>
    public ReadOnlySpan<float> Shift => shift;

    /// <inheritdoc/>
    public override long ParameterCount => 2L * scale.Length;

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors =>
    [
        SafetensorsEntry.FromFloats(FoldedModelFile.ScaleName(Name), scale, scale.Length),
        SafetensorsEntry.FromFloats(FoldedModelFile.ShiftName(Name), shift, shift.Length),
    ];

    /// <summary>Normalizes a batch of images.</summary>
    /// <param name="x">The input, shape (batch, features, height, width), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many images; at least 1.</param>
    /// <param name="height">Of an image; at least 1.</param>
    /// <param name="width">Of an image; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width) => Forward(x, y, batch, height, width, default);

    /// <summary>Normalizes a batch of images: y = activation(x · scale[c] + shift[c] + residual).</summary>
    /// <param name="x">The input, shape (batch, features, height, width), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many images; at least 1.</param>
    /// <param name="height">Of an image; at least 1.</param>
    /// <param name="width">Of an image; at least 1.</param>
    /// <param name="epilogue">What is added to the output, and the function of the sum.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width, in Epilogue epilogue)
    {
        Require.Positive(Name, "images of the batch", batch);
        Require.Positive(Name, "height", height);
        Require.Positive(Name, "width", width);
        var plane = checked(height * width);
        Require.Rows(Name, "length of the input", batch, checked(Features * plane), x.Length);
        Require.Rows(Name, "length of the output", batch, checked(Features * plane), y.Length);
        Require.Separate(Name, x, y);
        epilogue.Check(Name, y);
        if (epilogue.Shares(y))
        {
            using var kept = new PooledBuffer(y.Length);
            epilogue.Residual.CopyTo(kept.Span);
            Multiply(x, y, plane, new Epilogue(epilogue.Activation, kept.Span));
        }
        else
        {
            Multiply(x, y, plane, epilogue);
        }
    }

    private void Multiply(ReadOnlySpan<float> x, Span<float> y, int plane, in Epilogue epilogue) =>
        new ChannelWork { X = x, Y = y, Plane = plane, Scale = scale, Shift = shift, Epilogue = epilogue }.Run(KernelWidths.Best);
}
