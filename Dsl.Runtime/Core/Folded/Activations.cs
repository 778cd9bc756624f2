using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>
/// The element-wise and row-wise functions of folded models. The output has the input's length, and may be the input itself.
/// NaN propagates, as it does in torch.
/// </summary>
public static partial class Activations
{
    /// <summary>max(x, 0).</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <exception cref="LayerShapeException">The lengths differ, or the spans overlap without being the same.</exception>
    public static void Relu(ReadOnlySpan<float> x, Span<float> y)
    {
        Require.SameOrSeparate("relu", x, y);
        TensorPrimitives.Max(x, 0f, y);
    }

    /// <summary>x · Φ(x), Φ the normal distribution function. Within 10⁻⁶ of the exact value for |x| ≤ 8, within rounding beyond.</summary>
    /// <inheritdoc cref="Relu"/>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y)
    {
        Require.SameOrSeparate("gelu", x, y);
        VectorMap.Apply<Gelu>(x, y);
    }

    /// <summary>½ x (1 + tanh(√(2/π) (x + 0.044715 x³))): the approximation of Hendrycks and Gimpel 2016, arXiv 1606.08415.</summary>
    /// <inheritdoc cref="Relu"/>
    public static void GeluTanh(ReadOnlySpan<float> x, Span<float> y)
    {
        Require.SameOrSeparate("gelu", x, y);
        VectorMap.Apply<GeluTanh>(x, y);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    /// <inheritdoc cref="Relu"/>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y)
    {
        Require.SameOrSeparate("sigmoid", x, y);
        if (!x.IsEmpty)
        {
            TensorPrimitives.Sigmoid(x, y);
        }
    }

    /// <summary>tanh(x).</summary>
    /// <inheritdoc cref="Relu"/>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y)
    {
        Require.SameOrSeparate("tanh", x, y);

        // TensorPrimitives.Tanh is -6e-8 at 0 and has no digits left near it; a zero must stay one.
        for (var i = 0; i < x.Length; i++)
        {
            y[i] = MathF.Tanh(x[i]);
        }
    }

    /// <summary>eˣ / Σ eˣ over each row, shifted by the row's maximum so that nothing overflows.</summary>
    /// <param name="x">The input, shape (rows, columns), row major.</param>
    /// <param name="y">The output, of the same shape.</param>
    /// <param name="rows">How many rows; at least 1.</param>
    /// <param name="columns">Values per row; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans overlap without being the same.</exception>
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        CheckRows("softmax", x, y, rows, columns);
        for (var row = 0; row < rows; row++)
        {
            var from = x.Slice(row * columns, columns);
            var to = y.Slice(row * columns, columns);
            TensorPrimitives.Subtract(from, TensorPrimitives.Max(from), to);
            TensorPrimitives.Exp(to, to);
            TensorPrimitives.Divide(to, TensorPrimitives.Sum<float>(to), to);
        }
    }

    /// <summary>x − log Σ eˣ over each row, shifted by the row's maximum so that nothing overflows.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static void LogSoftmax(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        CheckRows("log_softmax", x, y, rows, columns);
        for (var row = 0; row < rows; row++)
        {
            var from = x.Slice(row * columns, columns);
            var to = y.Slice(row * columns, columns);
            TensorPrimitives.Subtract(from, TensorPrimitives.Max(from), to);
            TensorPrimitives.Subtract(to, MathF.Log(SumOfExponentials(to)), to);
        }
    }

    private static float SumOfExponentials(ReadOnlySpan<float> values)
    {
        // The exponentials are only summed, so a piece of stack holds them, a part of the row at a time.
        Span<float> exponentials = stackalloc float[256];
        var sum = 0f;
        while (!values.IsEmpty)
        {
            var part = exponentials[..Math.Min(exponentials.Length, values.Length)];
            TensorPrimitives.Exp(values[..part.Length], part);
            sum += TensorPrimitives.Sum<float>(part);
            values = values[part.Length..];
        }

        return sum;
    }

    private static void CheckRows(string name, ReadOnlySpan<float> x, ReadOnlySpan<float> y, int rows, int columns)
    {
        Require.Positive(name, "rows", rows);
        Require.Positive(name, "columns", columns);
        Require.Rows(name, "length of the input", rows, columns, x.Length);
        Require.SameOrSeparate(name, x, y);
    }
}
