namespace LayerDsl;

/// <summary>
/// A two-dimensional convolution ready for inference, in 32-bit floats:
/// y[b,o,p,q] = Σ_c,u,v x[b,c,s·p+d·u−pad,s·q+d·v−pad] · W[o,c,u,v] + b[o], with zeros outside of the image.
/// </summary>
public class FoldedConv2d : FoldedLayer
{
    private readonly PackedTiles? packed;
    private readonly float[] bias;
    private readonly QuantizedWeight? quantized;
    private readonly WeakReference<PackedTiles?> decoded = new(null);
    private IntegerConvolution? integers;

    /// <summary>Copies and checks weights.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="weight">The weight, shape (out, in / groups, kernel, kernel), row major.</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">A size is out of range, or a length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A weight or bias is NaN or infinite.</exception>
    public FoldedConv2d(string name, Conv2dGeometry geometry, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
        : this(name, geometry, bias)
    {
        Require.Rows(name, "length of the weight", geometry.OutChannels, geometry.InputsPerOutput, weight.Length);
        Require.Finite(name, "weight", weight);
        packed = Pack(geometry, weight);
    }

    /// <summary>Takes a weight in codes.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="weight">The weight: a row of in / groups · kernel · kernel for every output; without a low-rank term.</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">A size is out of range, or a length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A bias is NaN or infinite.</exception>
    public FoldedConv2d(string name, Conv2dGeometry geometry, QuantizedWeight weight, ReadOnlySpan<float> bias)
        : this(name, geometry, bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Require.Equal(name, "rows of the codes", geometry.OutChannels, weight.Codes.Rows);
        Require.Equal(name, "columns of the codes", geometry.InputsPerOutput, weight.Codes.Columns);
        Require.Equal(name, "rank", 0, weight.Format.Rank);
        quantized = weight;
    }

    /// <summary>For a weight that is stored in another way.</summary>
    private protected FoldedConv2d(string name, Conv2dGeometry geometry, ReadOnlySpan<float> bias)
        : base(name)
    {
        geometry.Check(name);
        if (!bias.IsEmpty)
        {
            Require.Equal(name, "length of the bias", geometry.OutChannels, bias.Length);
        }

        Require.Finite(name, "bias", bias);
        Geometry = geometry;
        this.bias = bias.ToArray();
    }

    /// <summary>Channels, kernel and how it slides.</summary>
    public Conv2dGeometry Geometry { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool HasBias => bias.Length > 0;

    /// <summary>
    /// The weight, shape (out, in / groups, kernel, kernel), row major: a new copy each time, since it is kept in the order of the kernels. Empty where it is
    /// in codes.
    /// </summary>
    public virtual ReadOnlySpan<float> Weight => packed is null ? [] : packed.ToRows();

    /// <summary>The weight in codes, or null where it is in 32-bit floats.</summary>
    public QuantizedWeight? Quantized => quantized;

    /// <summary>The bias, shape (out); empty if there is none.</summary>
    public ReadOnlySpan<float> Bias => bias;

    /// <inheritdoc/>
    public override long ParameterCount => (packed?.Length ?? 0) + (quantized?.ParameterCount ?? 0) + bias.Length + ActivationCount;

    /// <inheritdoc/>
    public override long ByteCount => (quantized?.ByteCount ?? 0) + (sizeof(float) * (long)(packed?.Length ?? 0)) + (sizeof(float) * (long)(bias.Length + ActivationCount));

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors =>
        HasBias ? WeightTensors().Append(SafetensorsEntry.FromFloats(FoldedModelFile.BiasName(Name), bias, Geometry.OutChannels)) : WeightTensors();

    /// <summary>Convolves a batch of images.</summary>
    /// <param name="x">The input, shape (batch, in, height, width), row major.</param>
    /// <param name="y">The output, shape (batch, out, rows, columns), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many images; at least 1.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    /// <exception cref="NonFiniteActivationException">The input is rounded to codes, and a value is NaN or infinite. Nothing has been written.</exception>
    /// <exception cref="LayerShapeException">An image is smaller than the kernel, a length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width) => Forward(x, y, batch, height, width, default);

    /// <summary>Convolves a batch of images: y = activation(x ∗ W + b + residual).</summary>
    /// <param name="x">The input, shape (batch, in, height, width), row major.</param>
    /// <param name="y">The output, shape (batch, out, rows, columns), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many images; at least 1.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    /// <param name="epilogue">What is added to the output, and the function of the sum.</param>
    /// <exception cref="NonFiniteActivationException">The input is rounded to codes, and a value is NaN or infinite. Nothing has been written.</exception>
    /// <exception cref="LayerShapeException">An image is smaller than the kernel, a length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width, in Epilogue epilogue)
    {
        var g = Geometry;
        Require.Positive(Name, "images of the batch", batch);
        if (Math.Min(height, width) < g.SmallestImage)
        {
            throw new LayerShapeException(Name, "image", $"at least {g.SmallestImage} × {g.SmallestImage}", $"{height} × {width}");
        }

        var (rows, columns) = (g.OutputSize(height), g.OutputSize(width));
        Require.Rows(Name, "length of the input", batch, checked(g.InChannels * height * width), x.Length);
        Require.Rows(Name, "length of the output", batch, checked(g.OutChannels * rows * columns), y.Length);
        Require.Separate(Name, x, y);
        epilogue.Check(Name, y);
        if (epilogue.Shares(y))
        {
            using var kept = new PooledBuffer(y.Length);
            epilogue.Residual.CopyTo(kept.Span);
            Compute(x, y, batch, height, width, new Epilogue(epilogue.Activation, kept.Span));
        }
        else
        {
            Compute(x, y, batch, height, width, epilogue);
        }
    }

    private void Compute(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width, in Epilogue epilogue)
    {
        switch (Activation)
        {
            case { } grid when integers is not null:
                integers.Forward(Name, grid, x, y, batch, height, width, bias);
                epilogue.Finish(y);
                break;
            case { } grid:
                using (var rounded = new PooledBuffer(x.Length))
                {
                    grid.Round(Name, x, rounded.Span);
                    Convolve(rounded.Span, y, batch, height, width, epilogue);
                }

                break;
            case null:
                Convolve(x, y, batch, height, width, epilogue);
                break;
        }
    }

    /// <summary>Whether products of integers are added up.</summary>
    internal IntegerConvolution? Integers => integers;

    /// <summary>The tensors that a saved model holds of the weight.</summary>
    private protected virtual IEnumerable<SafetensorsEntry> WeightTensors() => quantized is not null
        ? QuantizedTensors.Of(Name, quantized)
        : [SafetensorsEntry.FromFloats(FoldedModelFile.WeightName(Name), packed!.ToRows(), Geometry.OutChannels, Geometry.InChannels / Geometry.Groups, Geometry.KernelSize, Geometry.KernelSize)];

    private protected override void Prepare(ActivationGrid grid) =>
        integers = quantized is not null && IntegerWeight.Of(quantized, grid.Format) is { } weights ? new IntegerConvolution(Geometry, weights) : null;

    /// <summary>What <see cref="Forward(ReadOnlySpan{float}, Span{float}, int, int, int)"/> does once the arguments are checked.</summary>
    private protected virtual void Convolve(ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width, in Epilogue epilogue)
    {
        var weight = packed ?? Decoded(quantized!);
        PackedConvolution.Run(new ConvolutionWork(weight, Geometry, height, width) { X = x, Y = y, Bias = bias, Epilogue = epilogue }, batch, KernelWidths.Best);
    }

    private static PackedTiles Pack(Conv2dGeometry geometry, ReadOnlySpan<float> weight) =>
        new(geometry.Groups, geometry.OutChannels / geometry.Groups, geometry.InputsPerOutput, weight);

    /// <summary>The kernel in floats: from one call to the next as long as memory is not wanted for something else, so that only the codes stay resident.</summary>
    private PackedTiles Decoded(QuantizedWeight codes)
    {
        if (decoded.TryGetTarget(out var known) && known is not null)
        {
            return known;
        }

        var values = new float[checked(Geometry.OutChannels * Geometry.InputsPerOutput)];
        for (var row = 0; row < Geometry.OutChannels; row++)
        {
            codes.Decode(row, values.AsSpan(row * Geometry.InputsPerOutput, Geometry.InputsPerOutput));
        }

        var tiles = Pack(Geometry, values);
        lock (decoded)
        {
            decoded.SetTarget(tiles);
        }

        return tiles;
    }
}
