using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>What pooling does with the values of a window.</summary>
internal interface IWindowFunction
{
    /// <summary>What counts where a window reaches over the edge.</summary>
    static abstract float Outside { get; }

    /// <summary>Joins two lines value by value; the result may be either.</summary>
    static abstract void Join(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> joined);

    /// <summary>Joins two vectors value by value.</summary>
    static abstract Vector128<float> Join(Vector128<float> a, Vector128<float> b);

    /// <summary>The result of a window of so many values.</summary>
    static abstract float Finish(float joined, int count);
}

/// <summary>The largest value; NaN where one is.</summary>
internal readonly struct MaxOfWindow : IWindowFunction
{
    public static float Outside => float.NegativeInfinity;

    public static void Join(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> joined) => TensorPrimitives.Max(a, b, joined);

    public static Vector128<float> Join(Vector128<float> a, Vector128<float> b) => Vector128.Max(a, b);

    public static float Finish(float joined, int count) => joined;
}

/// <summary>The mean, with zeros over the edge.</summary>
internal readonly struct MeanOfWindow : IWindowFunction
{
    public static float Outside => 0;

    public static void Join(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> joined) => TensorPrimitives.Add(a, b, joined);

    public static Vector128<float> Join(Vector128<float> a, Vector128<float> b) => a + b;

    public static float Finish(float joined, int count) => joined / count;
}
