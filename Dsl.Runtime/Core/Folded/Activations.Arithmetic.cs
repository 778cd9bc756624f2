using System.Numerics.Tensors;

namespace LayerDsl;

/// <content>Sums, differences and products.</content>
public static partial class Activations
{
    /// <summary>a + b.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="y">The output; may be either operand.</param>
    /// <exception cref="LayerShapeException">The lengths differ, or the output overlaps an operand without being the same.</exception>
    public static void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Check("add", a, b, y);
        TensorPrimitives.Add(a, b, y);
    }

    /// <summary>a − b.</summary>
    /// <inheritdoc cref="Add"/>
    public static void Subtract(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Check("subtract", a, b, y);
        TensorPrimitives.Subtract(a, b, y);
    }

    /// <summary>a · b.</summary>
    /// <inheritdoc cref="Add"/>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Check("multiply", a, b, y);
        TensorPrimitives.Multiply(a, b, y);
    }

    /// <summary>a + s.</summary>
    /// <param name="a">The span.</param>
    /// <param name="s">The scalar.</param>
    /// <param name="y">The output; may be the span.</param>
    /// <exception cref="LayerShapeException">The lengths differ, or the spans overlap without being the same.</exception>
    public static void AddScalar(ReadOnlySpan<float> a, float s, Span<float> y)
    {
        Require.SameOrSeparate("add", a, y);
        TensorPrimitives.Add(a, s, y);
    }

    /// <summary>a − s.</summary>
    /// <inheritdoc cref="AddScalar"/>
    public static void SubtractScalar(ReadOnlySpan<float> a, float s, Span<float> y)
    {
        Require.SameOrSeparate("subtract", a, y);
        TensorPrimitives.Subtract(a, s, y);
    }

    /// <summary>s − a.</summary>
    /// <inheritdoc cref="AddScalar"/>
    public static void SubtractFromScalar(float s, ReadOnlySpan<float> a, Span<float> y)
    {
        Require.SameOrSeparate("subtract", a, y);
        TensorPrimitives.Subtract(s, a, y);
    }

    /// <summary>a · s.</summary>
    /// <inheritdoc cref="AddScalar"/>
    public static void MultiplyScalar(ReadOnlySpan<float> a, float s, Span<float> y)
    {
        Require.SameOrSeparate("multiply", a, y);
        TensorPrimitives.Multiply(a, s, y);
    }

    private static void Check(string name, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> y)
    {
        Require.Equal(name, "length of the right operand", a.Length, b.Length);
        Require.SameOrSeparate(name, a, y);
        Require.SameOrSeparate(name, b, y);
    }
}
