namespace LayerDsl;

/// <summary>
/// A normalization by the root mean square ready for inference: y = x / √(Σ x² / n + ε) · weight along rows, in 32-bit floats.
/// Without a weight, that part of the formula is left out.
/// </summary>
public sealed class FoldedRmsNorm : FoldedLayer
{
    private readonly float[] weight;

    /// <summary>Copies and checks weights.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="features">Values per row.</param>
    /// <param name="eps">Added to the mean square; greater than 0.</param>
    /// <param name="weight">The factor of each feature; empty for none.</param>
    /// <exception cref="LayerShapeException">A size or ε is not positive, or a length does not match.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    public FoldedRmsNorm(string name, int features, double eps, ReadOnlySpan<float> weight)
        : base(name)
    {
        RowNorm.Check(name, features, eps, weight, []);
        Features = features;
        Eps = eps;
        this.weight = weight.ToArray();
    }

    /// <summary>Values per row.</summary>
    public int Features { get; }

    /// <summary>What is added to the mean square.</summary>
    public double Eps { get; }

    /// <summary>The factor of each feature; empty if there is none.</summary>
    public ReadOnlySpan<float> Weight => weight;

    /// <inheritdoc/>
    public override long ParameterCount => weight.Length;

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors => RowNorm.Tensors(Name, weight, []);

    /// <summary>Normalizes every row.</summary>
    /// <param name="x">The input, shape (rows, features), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="rows">How many rows; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        RowNorm.Check(Name, x, y, rows, Features);
        new NormWork { X = x, Y = y, Rows = rows, Features = Features, Eps = Eps, Weight = weight }.Run(KernelWidths.Best);
    }
}
