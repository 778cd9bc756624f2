namespace LayerDsl;

/// <summary>A batch normalization of rows ready for inference, with its running statistics merged: y = x · scale[i] + shift[i].</summary>
public sealed class FoldedBatchNorm1d : FoldedBatchNorm
{
    /// <summary>Copies and checks the merged statistics.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="scale">weight / √(running variance + ε), one for each feature.</param>
    /// <param name="shift">bias − running mean · scale, one for each feature.</param>
    /// <exception cref="LayerShapeException">There is no feature, or the lengths differ.</exception>
    /// <exception cref="NonFiniteWeightException">A scale or shift is NaN or infinite.</exception>
    public FoldedBatchNorm1d(string name, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
        : base(name, scale, shift)
    {
    }

    /// <summary>Normalizes a batch of rows.</summary>
    /// <param name="x">The input, shape (batch, features), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many rows; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch) => Forward(x, y, batch, default);

    /// <summary>Normalizes a batch of rows: y = activation(x · scale[i] + shift[i] + residual).</summary>
    /// <param name="x">The input, shape (batch, features), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many rows; at least 1.</param>
    /// <param name="epilogue">What is added to the output, and the function of the sum.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue)
    {
        Require.Positive(Name, "rows of the batch", batch);
        Normalize(x, y, batch, plane: 1, epilogue);
    }
}
