namespace LayerDsl;

/// <summary>
/// A layer normalization ready for inference: y = (x − mean) / √(var + ε) · weight + bias along rows, in 32-bit floats; mean and
/// variance in two passes, so that a large mean costs no digits. Without weight or bias, that part of the formula is left out.
/// </summary>
public sealed class FoldedLayerNorm : FoldedLayer
{
    private readonly float[] weight;
    private readonly float[] bias;

    /// <summary>Copies and checks weights.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="features">Values per row.</param>
    /// <param name="eps">Added to the variance; greater than 0.</param>
    /// <param name="weight">The factor of each feature; empty for none.</param>
    /// <param name="bias">What is added to each feature; empty for none.</param>
    /// <exception cref="LayerShapeException">A size or ε is not positive, or a length does not match.</exception>
    /// <exception cref="NonFiniteWeightException">A weight or bias is NaN or infinite.</exception>
    public FoldedLayerNorm(string name, int features, double eps, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
        : base(name)
    {
        RowNorm.Check(name, features, eps, weight, bias);
        Features = features;
        Eps = eps;
        this.weight = weight.ToArray();
        this.bias = bias.ToArray();
    }

    /// <summary>Values per row.</summary>
    public int Features { get; }

    /// <summary>What is added to the variance.</summary>
    public double Eps { get; }

    /// <summary>The factor of each feature; empty if there is none.</summary>
    public ReadOnlySpan<float> Weight => weight;

    /// <summary>What is added to each feature; empty if there is none.</summary>
    public ReadOnlySpan<float> Bias => bias;

    /// <inheritdoc/>
    public override long ParameterCount => (long)weight.Length + bias.Length;

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors => RowNorm.Tensors(Name, weight, bias);

    /// <summary>Normalizes every row.</summary>
    /// <param name="x">The input, shape (rows, features), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="rows">How many rows; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        RowNorm.Check(Name, x, y, rows, Features);
        new NormWork { X = x, Y = y, Rows = rows, Features = Features, IsCentred = true, Eps = Eps, Weight = weight, Bias = bias }.Run(KernelWidths.Best);
    }
}
