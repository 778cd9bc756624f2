using System.Numerics;

namespace LayerDsl;

/// <summary>A function of one vector of values.</summary>
internal interface IVectorFunction
{
    /// <summary>The function, element by element.</summary>
    static abstract Vector<float> Of(Vector<float> x);
}

/// <summary>Applies a function to a span, a vector at a time.</summary>
internal static class VectorMap
{
    /// <summary>y = f(x); the spans are of one length, and the same or apart.</summary>
    public static void Apply<TFunction>(ReadOnlySpan<float> x, Span<float> y)
        where TFunction : struct, IVectorFunction
    {
        var width = Vector<float>.Count;
        var i = 0;
        for (; i <= x.Length - width; i += width)
        {
            TFunction.Of(new Vector<float>(x[i..])).CopyTo(y[i..]);
        }

        if (i < x.Length)
        {
            // The rest goes through the same code in a padded vector, so that a value does not depend on its place.
            Span<float> rest = stackalloc float[width];
            rest.Clear();
            x[i..].CopyTo(rest);
            TFunction.Of(new Vector<float>(rest)).CopyTo(rest);
            rest[..(x.Length - i)].CopyTo(y[i..]);
        }
    }
}
