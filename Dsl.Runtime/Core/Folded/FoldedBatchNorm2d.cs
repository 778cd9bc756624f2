namespace LayerDsl;

/// <summary>A batch normalization of images ready for inference, with its running statistics merged: y = x · scale[c] + shift[c].</summary>
public sealed class FoldedBatchNorm2d : FoldedBatchNorm
{
    /// <summary>Copies and checks the merged statistics.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="scale">weight / √(running variance + ε), one for each channel.</param>
    /// <param name="shift">bias − running mean · scale, one for each channel.</param>
    /// <exception cref="LayerShapeException">There is no channel, or the lengths differ.</exception>
    /// <exception cref="NonFiniteWeightException">A scale or shift is NaN or infinite.</exception>
    public FoldedBatchNorm2d(string name, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
        : base(name, scale, shift)
    {
    }

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
        Normalize(x, y, batch, checked(height * width), epilogue);
    }
}
