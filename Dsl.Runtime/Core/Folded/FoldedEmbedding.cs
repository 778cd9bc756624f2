namespace LayerDsl;

/// <summary>A table of vectors ready for inference: y[…,e] = W[x[…],e], in 32-bit floats.</summary>
public sealed class FoldedEmbedding : FoldedLayer
{
    private readonly float[] weight;

    /// <summary>Copies and checks the table.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="count">How many vectors it has.</param>
    /// <param name="dim">The size of a vector.</param>
    /// <param name="weight">The vectors, shape (count, dim), row major.</param>
    /// <exception cref="LayerShapeException">A size is not positive, or a length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A number is NaN or infinite.</exception>
    public FoldedEmbedding(string name, int count, int dim, ReadOnlySpan<float> weight)
        : base(name)
    {
        Require.Positive(name, "count", count);
        Require.Positive(name, "dim", dim);
        Require.Rows(name, "length of the weight", count, dim, weight.Length);
        Require.Finite(name, "weight", weight);
        Count = count;
        Dim = dim;
        this.weight = weight.ToArray();
    }

    /// <summary>How many vectors the table has.</summary>
    public int Count { get; }

    /// <summary>The size of a vector.</summary>
    public int Dim { get; }

    /// <summary>The vectors, shape (count, dim), row major.</summary>
    public ReadOnlySpan<float> Weight => weight;

    /// <inheritdoc/>
    public override long ParameterCount => weight.Length;

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors => [SafetensorsEntry.FromFloats(FoldedModelFile.WeightName(Name), weight, Count, Dim)];

    /// <summary>Copies the vectors of the given indices.</summary>
    /// <param name="indices">From 0 to count − 1.</param>
    /// <param name="y">The output, shape (indices, dim), row major.</param>
    /// <exception cref="LayerShapeException">There is no index, or a length does not match. Nothing has been written.</exception>
    /// <exception cref="IndexOutOfTableException">An index has no vector. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<int> indices, Span<float> y)
    {
        Require.Positive(Name, "indices of the batch", indices.Length);
        Require.Rows(Name, "length of the output", indices.Length, Dim, y.Length);
        for (var k = 0; k < indices.Length; k++)
        {
            if ((uint)indices[k] >= (uint)Count)
            {
                throw new IndexOutOfTableException(Name, k, indices[k], Count);
            }
        }

        for (var k = 0; k < indices.Length; k++)
        {
            weight.AsSpan(indices[k] * Dim, Dim).CopyTo(y.Slice(k * Dim, Dim));
        }
    }

    /// <summary>The same for indices as whole 32-bit floats, as values between the layers of a model are: exact up to 2²⁴.</summary>
    /// <param name="x">Whole numbers from 0 to count − 1.</param>
    /// <param name="y">The output, shape (rows, dim), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="rows">How many indices; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    /// <exception cref="IndexOutOfTableException">A number is not whole, or has no vector. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        Require.Positive(Name, "indices of the batch", rows);
        Require.Equal(Name, "length of the input", rows, x.Length);
        Require.Rows(Name, "length of the output", rows, Dim, y.Length);
        Require.Separate(Name, x, y);
        for (var k = 0; k < rows; k++)
        {
            if (!(x[k] >= 0 && x[k] < Count && x[k] == MathF.Truncate(x[k])))
            {
                throw new IndexOutOfTableException(Name, k, x[k], Count);
            }
        }

        for (var k = 0; k < rows; k++)
        {
            weight.AsSpan((int)x[k] * Dim, Dim).CopyTo(y.Slice(k * Dim, Dim));
        }
    }
}
