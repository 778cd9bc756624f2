namespace LayerDsl;

/// <summary>A batch normalization ready for inference, with its running statistics merged: y = x · scale[c] + shift[c].</summary>
public abstract class FoldedBatchNorm : FoldedLayer
{
    private readonly float[] scale;
    private readonly float[] shift;

    /// <summary>Copies and checks the merged statistics.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="scale">weight / √(running variance + ε), one for each feature.</param>
    /// <param name="shift">bias − running mean · scale, one for each feature.</param>
    private protected FoldedBatchNorm(string name, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
        : base(name)
    {
        Require.Positive(name, "features", scale.Length);
        Require.Equal(name, "length of the shift", scale.Length, shift.Length);
        Require.Finite(name, "scale", scale);
        Require.Finite(name, "shift", shift);
        this.scale = scale.ToArray();
        this.shift = shift.ToArray();
    }

    /// <summary>The features, which are channels of images.</summary>
    public int Features => scale.Length;

    /// <summary>The factor of each feature.</summary>
    public ReadOnlySpan<float> Scale => scale;

    /// <summary>What is added to each feature.</summary>
    public ReadOnlySpan<float> Shift => shift;

    /// <inheritdoc/>
    public override long ParameterCount => 2L * scale.Length;

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors =>
    [
        SafetensorsEntry.FromFloats(FoldedModelFile.ScaleName(Name), scale, scale.Length),
        SafetensorsEntry.FromFloats(FoldedModelFile.ShiftName(Name), shift, shift.Length),
    ];

    /// <summary>y = activation(x · scale[c] + shift[c] + residual), x of shape (batch, features, plane).</summary>
    private protected void Normalize(ReadOnlySpan<float> x, Span<float> y, int batch, int plane, in Epilogue epilogue)
    {
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
