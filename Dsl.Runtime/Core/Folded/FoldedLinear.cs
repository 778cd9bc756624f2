using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>
/// A linear layer ready for inference: y = x Wᵀ + b in 32-bit floats. Immutable, and safe to use from many threads at once.
/// </summary>
public sealed class FoldedLinear : FoldedLayer
{
    // 128 kB: a block of weights that stays in the second-level cache of any current CPU while every row of the batch uses it.
    private const int BlockFloats = 32 * 1024;

    private readonly float[] weight;
    private readonly float[] bias;
    private readonly QuantizedWeight? quantized;

    /// <summary>Copies and checks weights.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="inFeatures">Values per input row.</param>
    /// <param name="outFeatures">Values per output row.</param>
    /// <param name="weight">The weight, shape (out, in), row major.</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">A size is not positive, or a length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A weight or bias is NaN or infinite.</exception>
    public FoldedLinear(string name, int inFeatures, int outFeatures, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
        : base(name)
    {
        Require.Positive(name, "in features", inFeatures);
        Require.Positive(name, "out features", outFeatures);
        Require.Rows(name, "length of the weight", outFeatures, inFeatures, weight.Length);
        if (!bias.IsEmpty)
        {
            Require.Equal(name, "length of the bias", outFeatures, bias.Length);
        }

        Require.Finite(name, "weight", weight);
        Require.Finite(name, "bias", bias);
        InFeatures = inFeatures;
        OutFeatures = outFeatures;
        this.weight = weight.ToArray();
        this.bias = bias.ToArray();
    }

    /// <summary>Takes a weight in codes.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="weight">The weight, (out, in).</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">The length of the bias does not match.</exception>
    /// <exception cref="NonFiniteWeightException">A bias is NaN or infinite.</exception>
    public FoldedLinear(string name, QuantizedWeight weight, ReadOnlySpan<float> bias)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(weight);
        InFeatures = weight.Codes.Columns;
        OutFeatures = weight.Codes.Rows;
        if (!bias.IsEmpty)
        {
            Require.Equal(name, "length of the bias", OutFeatures, bias.Length);
        }

        Require.Finite(name, "bias", bias);
        quantized = weight;
        this.weight = [];
        this.bias = bias.ToArray();
    }

    /// <summary>Values per input row.</summary>
    public int InFeatures { get; }

    /// <summary>Values per output row.</summary>
    public int OutFeatures { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool HasBias => bias.Length > 0;

    /// <summary>The weight, shape (out, in), row major; empty where it is in codes.</summary>
    public ReadOnlySpan<float> Weight => weight;

    /// <summary>The weight in codes, or null where it is in 32-bit floats.</summary>
    public QuantizedWeight? Quantized => quantized;

    /// <summary>The bias, shape (out); empty if there is none.</summary>
    public ReadOnlySpan<float> Bias => bias;

    /// <inheritdoc/>
    public override long ParameterCount => weight.Length + (quantized?.ParameterCount ?? 0) + bias.Length;

    /// <inheritdoc/>
    public override long ByteCount => (quantized?.ByteCount ?? sizeof(float) * (long)weight.Length) + (sizeof(float) * (long)bias.Length);

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors
    {
        get
        {
            if (quantized is null)
            {
                yield return SafetensorsEntry.FromFloats(FoldedModelFile.WeightName(Name), weight, OutFeatures, InFeatures);
            }
            else
            {
                foreach (var tensor in QuantizedTensors.Of(Name, quantized))
                {
                    yield return tensor;
                }
            }

            if (HasBias)
            {
                yield return SafetensorsEntry.FromFloats(FoldedModelFile.BiasName(Name), bias, OutFeatures);
            }
        }
    }

    /// <summary>y[r,o] = Σ_i x[r,i] · W[o,i] + b[o].</summary>
    /// <param name="x">The input, shape (rows, in), row major.</param>
    /// <param name="y">The output, shape (rows, out), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="rows">How many rows; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        Require.Positive(Name, "rows of the batch", rows);
        Require.Rows(Name, "length of the input", rows, InFeatures, x.Length);
        Require.Rows(Name, "length of the output", rows, OutFeatures, y.Length);
        Require.Separate(Name, x, y);

        var block = Math.Clamp(BlockFloats / InFeatures, 1, OutFeatures);
        using var decoded = new PooledBuffer(quantized is null ? 0 : block * InFeatures);
        for (var first = 0; first < OutFeatures; first += block)
        {
            var last = Math.Min(OutFeatures, first + block);
            var weights = quantized is null ? weight.AsSpan(first * InFeatures, (last - first) * InFeatures) : Decode(quantized, decoded.Span, first, last);
            for (var row = 0; row < rows; row++)
            {
                ForwardRow(x.Slice(row * InFeatures, InFeatures), weights, y.Slice(row * OutFeatures, OutFeatures), first, last);
            }
        }

        if (quantized is { Format.Rank: > 0 })
        {
            AddBranch(quantized, x, y, rows);
        }
    }

    private static ReadOnlySpan<float> Decode(QuantizedWeight weight, Span<float> target, int first, int last)
    {
        for (var row = first; row < last; row++)
        {
            weight.Decode(row, target.Slice((row - first) * weight.Codes.Columns, weight.Codes.Columns));
        }

        return target;
    }

    private void ForwardRow(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, Span<float> y, int first, int last)
    {
        for (var o = first; o < last; o++)
        {
            var dot = TensorPrimitives.Dot(x, weights.Slice((o - first) * InFeatures, InFeatures));
            y[o] = HasBias ? dot + bias[o] : dot;
        }
    }

    /// <summary>y += s · (x Aᵀ) Bᵀ.</summary>
    private void AddBranch(QuantizedWeight branch, ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        var rank = branch.Format.Rank;
        using var buffer = new PooledBuffer(rank);
        var reduced = buffer.Span;
        for (var row = 0; row < rows; row++)
        {
            for (var r = 0; r < rank; r++)
            {
                reduced[r] = TensorPrimitives.Dot(x.Slice(row * InFeatures, InFeatures), branch.Down.Slice(r * InFeatures, InFeatures));
            }

            for (var o = 0; o < OutFeatures; o++)
            {
                y[(row * OutFeatures) + o] += branch.Format.BranchScale * TensorPrimitives.Dot(reduced, branch.Up.Slice(o * rank, rank));
            }
        }
    }
}
