namespace LayerDsl;

/// <summary>
/// A linear layer ready for inference: y = x Wᵀ + b in 32-bit floats. Immutable, and safe to use from many threads at once.
/// </summary>
public class FoldedLinear : FoldedLayer
{
    // Null for a weight that is stored in another way.
    private readonly PackedMatrix? packed;
    private readonly float[] bias;

    /// <summary>Copies and checks weights.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="inFeatures">Values per input row.</param>
    /// <param name="outFeatures">Values per output row.</param>
    /// <param name="weight">The weight, shape (out, in), row major.</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">A size is not positive, or a length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A weight or bias is NaN or infinite.</exception>
    public FoldedLinear(string name, int inFeatures, int outFeatures, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
        : this(name, inFeatures, outFeatures, bias)
    {
        Require.Rows(name, "length of the weight", outFeatures, inFeatures, weight.Length);
        Require.Finite(name, "weight", weight);
        packed = new PackedMatrix(outFeatures, inFeatures, weight, KernelWidths.Best);
    }

    /// <summary>For a weight that is stored in another way.</summary>
    private protected FoldedLinear(string name, int inFeatures, int outFeatures, ReadOnlySpan<float> bias)
        : base(name)
    {
        Require.Positive(name, "in features", inFeatures);
        Require.Positive(name, "out features", outFeatures);
        if (!bias.IsEmpty)
        {
            Require.Equal(name, "length of the bias", outFeatures, bias.Length);
        }

        Require.Finite(name, "bias", bias);
        InFeatures = inFeatures;
        OutFeatures = outFeatures;
        this.bias = bias.ToArray();
    }

    /// <summary>Values per input row.</summary>
    public int InFeatures { get; }

    /// <summary>Values per output row.</summary>
    public int OutFeatures { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool HasBias => bias.Length > 0;

    /// <summary>The weight, shape (out, in), row major: a new copy each time, since it is kept in the order of the kernels.</summary>
    public virtual ReadOnlySpan<float> Weight => Packed.ToRows();

    /// <summary>The weight in codes, or null where it is in 32-bit floats.</summary>
    public virtual QuantizedWeight? Quantized => null;

    /// <summary>The bias, shape (out); empty if there is none.</summary>
    public ReadOnlySpan<float> Bias => bias;

    private PackedMatrix Packed => packed ?? throw new InvalidOperationException("This layer keeps its weight in another way.");

    /// <inheritdoc/>
    public override long ParameterCount => (packed is null ? 0 : (long)OutFeatures * InFeatures) + bias.Length + ActivationCount;

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors =>
        HasBias ? WeightTensors().Append(SafetensorsEntry.FromFloats(FoldedModelFile.BiasName(Name), bias, OutFeatures)) : WeightTensors();

    /// <summary>y[r,o] = Σ_i x[r,i] · W[o,i] + b[o].</summary>
    /// <param name="x">The input, shape (rows, in), row major.</param>
    /// <param name="y">The output, shape (rows, out), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="rows">How many rows; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    /// <exception cref="NonFiniteActivationException">The input is rounded to codes, and a value is NaN or infinite. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows) => Forward(x, y, rows, default);

    /// <summary>y[r,o] = activation(Σ_i x[r,i] · W[o,i] + b[o] + residual[r,o]).</summary>
    /// <param name="x">The input, shape (rows, in), row major.</param>
    /// <param name="y">The output, shape (rows, out), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="rows">How many rows; at least 1.</param>
    /// <param name="epilogue">What is added to the output, and the function of the sum.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    /// <exception cref="NonFiniteActivationException">The input is rounded to codes, and a value is NaN or infinite. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue)
    {
        Require.Positive(Name, "rows of the batch", rows);
        Require.Rows(Name, "length of the input", rows, InFeatures, x.Length);
        Require.Rows(Name, "length of the output", rows, OutFeatures, y.Length);
        Require.Separate(Name, x, y);
        epilogue.Check(Name, y);
        if (epilogue.Shares(y))
        {
            using var kept = new PooledBuffer(y.Length);
            epilogue.Residual.CopyTo(kept.Span);
            Compute(x, y, rows, new Epilogue(epilogue.Activation, kept.Span));
        }
        else
        {
            Compute(x, y, rows, epilogue);
        }
    }

    /// <summary>The tensors that a saved model holds of the weight.</summary>
    private protected virtual IEnumerable<SafetensorsEntry> WeightTensors() =>
        [SafetensorsEntry.FromFloats(FoldedModelFile.WeightName(Name), Packed.ToRows(), OutFeatures, InFeatures)];

    /// <summary>What <c>Forward</c> does with an input that is rounded to codes first: here with what these stand for.</summary>
    private protected virtual void MultiplyRounded(ActivationGrid grid, ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue)
    {
        using var rounded = new PooledBuffer(x.Length);
        grid.Round(Name, x, rounded.Span);
        Multiply(rounded.Span, y, rows, epilogue);
    }

    /// <summary>What <c>Forward</c> does once the arguments are checked. The residual lies apart from the output.</summary>
    private protected virtual void Multiply(ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue) =>
        Packed.Multiply(x, y, rows, bias, epilogue);

    private void Compute(ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue)
    {
        if (Activation is { } grid)
        {
            MultiplyRounded(grid, x, y, rows, epilogue);
        }
        else
        {
            Multiply(x, y, rows, epilogue);
        }
    }
}
