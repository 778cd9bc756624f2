using System.Globalization;
using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>The checks that folded layers, folded models and activations share; each throws before anything is written.</summary>
internal static class Require
{
    /// <summary>A size of at least one.</summary>
    public static void Positive(string layer, string what, int actual)
    {
        if (actual < 1)
        {
            throw new LayerShapeException(layer, what, "1 or more", Text(actual));
        }
    }

    /// <summary>A size that is known.</summary>
    public static void Equal(string layer, string what, long expected, long actual)
    {
        if (expected != actual)
        {
            throw new LayerShapeException(layer, what, Text(expected), Text(actual));
        }
    }

    /// <summary>A buffer of so many rows of so many values, told in both where it is wrong.</summary>
    public static void Rows(string layer, string what, int rows, int width, int actual)
    {
        if ((long)rows * width != actual)
        {
            var expected = string.Create(CultureInfo.InvariantCulture, $"{rows} × {width} = {(long)rows * width}");
            throw new LayerShapeException(layer, what, expected, Text(actual));
        }
    }

    /// <summary>An output that shares no memory with the input.</summary>
    public static void Separate(string layer, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Overlaps(y))
        {
            throw new LayerShapeException(layer, "the memory of the output", "separate from the input", "shared with the input");
        }
    }

    /// <summary>An output of the input's length that is the same memory or shares none.</summary>
    public static void SameOrSeparate(string layer, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Equal(layer, "length of the output", x.Length, y.Length);
        if (x.Overlaps(y, out var offset) && offset != 0)
        {
            throw new LayerShapeException(
                layer, "the memory of the output", "the input's own or separate from it", $"shifted by {Text(offset)} against the input");
        }
    }

    /// <summary>Values without NaN and infinities.</summary>
    public static void Finite(string layer, string tensor, ReadOnlySpan<float> values)
    {
        if (TensorPrimitives.IsFiniteAll(values))
        {
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new NonFiniteWeightException(layer, tensor, i, values[i]);
            }
        }
    }

    /// <summary>Inputs without NaN and infinities, which have no codes.</summary>
    public static void FiniteInput(string layer, ReadOnlySpan<float> x)
    {
        if (TensorPrimitives.IsFiniteAll(x))
        {
            return;
        }

        for (var k = 0; k < x.Length; k++)
        {
            if (!float.IsFinite(x[k]))
            {
                throw new NonFiniteActivationException(layer, k, x[k]);
            }
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
