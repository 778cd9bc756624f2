using System.Runtime.CompilerServices;

namespace LayerDsl.Simd;

/// <summary>
/// Elementary functions of float32 vectors, for finite numbers, subnormal ones, ±0, ±∞ and NaN. The largest errors, found by a search over all exponents,
/// are below 2 units in the last place; each method states its own. Polynomials are minimax fits of the relative error of the result.
/// </summary>
public static class VectorMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: products of the first with whole numbers up to 2⁹ are exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // log2 e - 1, so that log2(m) = ln(m) + ln(m)·(log2 e - 1).
    private const float Log2EMinusOne = 0.44269504f;

    /// <summary>x², the number times itself.</summary>
    /// <param name="x">The numbers.</param>
    [MethodImpl(Inline)]
    public static V Square<V>(V x)
        where V : struct, IVector<V> => x * x;

    /// <summary>-1, 0 or 1.</summary>
    /// <param name="x">The numbers.</param>
    [MethodImpl(Inline)]
    public static V Sign<V>(V x)
        where V : struct, IVector<V> => V.Above(x, V.Of(0)) - V.Above(V.Of(0), x);

    /// <summary>The number, or the bound where it lies below; NaN stays NaN.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="bound">The bound, not NaN.</param>
    [MethodImpl(Inline)]
    public static V ClampMin<V>(V x, V bound)
        where V : struct, IVector<V> => V.IfLess(x, bound, bound, x);

    /// <summary>The number, or the bound where it lies above; NaN stays NaN.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="bound">The bound, not NaN.</param>
    [MethodImpl(Inline)]
    public static V ClampMax<V>(V x, V bound)
        where V : struct, IVector<V> => V.IfLess(bound, x, bound, x);

    /// <summary>eˣ; error below 1.5 units in the last place.</summary>
    /// <param name="x">The exponents.</param>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x)
        where V : struct, IVector<V>
    {
        // eˣ = 2ⁿ · eʳ, |r| ≤ ln 2 / 2. Beyond the bounds the result is 0 or ∞ anyway.
        x = ClampMax(ClampMin(x, V.Of(-104f)), V.Of(89f));
        var n = V.Round(x * V.Of(Log2E));
        var r = x - (n * V.Of(Ln2High)) - (n * V.Of(Ln2Low));
        var p = V.MultiplyAdd(V.Of(0.00138146128f), r, V.Of(0.00836871006f));
        p = V.MultiplyAdd(p, r, V.Of(0.041668389f));
        p = V.MultiplyAdd(p, r, V.Of(0.166665211f));
        p = V.MultiplyAdd(p, r, V.Of(0.49999994f));
        return TimesPowerOfTwo(V.MultiplyAdd(r * r, p, r) + V.Of(1), n);
    }

    /// <summary>2ˣ, exact for whole x; error below 1.5 units in the last place.</summary>
    /// <param name="x">The exponents.</param>
    [MethodImpl(Inline)]
    public static V Exp2<V>(V x)
        where V : struct, IVector<V>
    {
        x = ClampMax(ClampMin(x, V.Of(-151f)), V.Of(129f));
        var n = V.Round(x);
        var r = x - n;
        var p = V.MultiplyAdd(V.Of(0.00015594656f), r, V.Of(0.00134066434f));
        p = V.MultiplyAdd(p, r, V.Of(0.00961769279f));
        p = V.MultiplyAdd(p, r, V.Of(0.0555031039f));
        p = V.MultiplyAdd(p, r, V.Of(0.240226522f));
        p = V.MultiplyAdd(p, r, V.Of(0.693147242f));
        return TimesPowerOfTwo(V.MultiplyAdd(p, r, V.Of(1)), n);
    }

    /// <summary>ln x; error below 1.5 units in the last place.</summary>
    /// <param name="x">The numbers; NaN below 0.</param>
    [MethodImpl(Inline)]
    public static V Log<V>(V x)
        where V : struct, IVector<V>
    {
        var (n, f) = Split(x);
        return Ends(x, LogOnePlus(f, n * V.Of(Ln2Low)) + (n * V.Of(Ln2High)));
    }

    /// <summary>log2 x, exact for powers of two; error below 2 units in the last place.</summary>
    /// <param name="x">The numbers; NaN below 0.</param>
    [MethodImpl(Inline)]
    public static V Log2<V>(V x)
        where V : struct, IVector<V>
    {
        var (n, f) = Split(x);
        var rest = LogOnePlusRest(f, V.Of(0));
        var log = f + rest;
        return Ends(x, V.MultiplyAdd(log, V.Of(Log2EMinusOne), rest) + f + n);
    }

    /// <summary>tanh x; error below 2 units in the last place.</summary>
    /// <param name="x">The numbers.</param>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x)
        where V : struct, IVector<V>
    {
        // Near 0 a polynomial, else 1 - 2 / (e²ˣ + 1).
        var size = V.Abs(x);
        var square = x * x;
        var p = V.MultiplyAdd(V.Of(-0.00570499012f), square, V.Of(0.0206390899f));
        p = V.MultiplyAdd(p, square, V.Of(-0.0537397154f));
        p = V.MultiplyAdd(p, square, V.Of(0.133314416f));
        p = V.MultiplyAdd(p, square, V.Of(-0.333332807f));
        var small = V.MultiplyAdd(x * square, p, x);
        var large = V.Of(1) - (V.Of(2) / (Exp(size + size) + V.Of(1)));
        return V.IfLess(size, V.Of(0.625f), small, V.IfLess(x, V.Of(0), -large, large));
    }

    /// <summary>arctan x; error below 2 units in the last place.</summary>
    /// <param name="x">The numbers.</param>
    [MethodImpl(Inline)]
    public static V Atan<V>(V x)
        where V : struct, IVector<V>
    {
        // arctan x = ±π/2 - arctan(1/x) beyond ±1; the polynomial holds in between.
        var size = V.Abs(x);
        var t = V.IfLess(V.Of(1), size, V.Of(-1) / x, x);
        var square = t * t;
        var p = V.MultiplyAdd(V.Of(-0.00179362705f), square, V.Of(0.0109146293f));
        p = V.MultiplyAdd(p, square, V.Of(-0.0311778896f));
        p = V.MultiplyAdd(p, square, V.Of(0.0579576381f));
        p = V.MultiplyAdd(p, square, V.Of(-0.0840345323f));
        p = V.MultiplyAdd(p, square, V.Of(0.109521866f));
        p = V.MultiplyAdd(p, square, V.Of(-0.142642424f));
        p = V.MultiplyAdd(p, square, V.Of(0.199985489f));
        p = V.MultiplyAdd(p, square, V.Of(-0.333332986f));
        var offset = V.IfLess(V.Of(1), x, V.Of(MathF.PI / 2), V.IfLess(x, V.Of(-1), V.Of(-MathF.PI / 2), V.Of(0)));
        var inner = V.MultiplyAdd(t * square, p, t);
        return V.IfLess(V.Of(1), size, offset + inner, inner);
    }

    /// <summary>x · 2ⁿ in two steps, since 2ⁿ alone may be no normal number.</summary>
    [MethodImpl(Inline)]
    private static V TimesPowerOfTwo<V>(V x, V n)
        where V : struct, IVector<V>
    {
        var half = V.Floor(n * V.Of(0.5f));
        return x * V.PowerOfTwo(half) * V.PowerOfTwo(n - half);
    }

    /// <summary>x = 2ⁿ · (1 + f) with 1 + f in [√½, √2).</summary>
    [MethodImpl(Inline)]
    private static (V Exponent, V Fraction) Split<V>(V x)
        where V : struct, IVector<V>
    {
        var least = V.Of(1.17549435e-38f);
        var normal = V.IfLess(x, least, x * V.Of(1 << 25), x);
        var n = V.Exponent(normal) - V.IfLess(x, least, V.Of(25), V.Of(0));
        return (n, V.Significand(normal) - V.Of(1));
    }

    [MethodImpl(Inline)]
    private static V LogOnePlus<V>(V f, V addend)
        where V : struct, IVector<V> => f + LogOnePlusRest(f, addend);

    /// <summary>ln(1 + f) - f + addend.</summary>
    [MethodImpl(Inline)]
    private static V LogOnePlusRest<V>(V f, V addend)
        where V : struct, IVector<V>
    {
        var p = V.MultiplyAdd(V.Of(0.06746611f), f, V.Of(-0.116756193f));
        p = V.MultiplyAdd(p, f, V.Of(0.118881576f));
        p = V.MultiplyAdd(p, f, V.Of(-0.124055944f));
        p = V.MultiplyAdd(p, f, V.Of(0.142195538f));
        p = V.MultiplyAdd(p, f, V.Of(-0.166679949f));
        p = V.MultiplyAdd(p, f, V.Of(0.200021192f));
        p = V.MultiplyAdd(p, f, V.Of(-0.250000089f));
        p = V.MultiplyAdd(p, f, V.Of(0.333333135f));
        var square = f * f;
        return V.MultiplyAdd(square * f, p, addend) - (V.Of(0.5f) * square);
    }

    /// <summary>The logarithms of 0, ∞, NaN and numbers below 0.</summary>
    [MethodImpl(Inline)]
    private static V Ends<V>(V x, V log)
        where V : struct, IVector<V>
    {
        var zero = V.Of(0);
        log = V.IfLess(zero, x, log, V.Of(float.NegativeInfinity));
        log = V.Select(x - x, x, log); // NaN and ∞: their difference is NaN, which is not 0
        return V.IfLess(x, zero, V.Of(float.NaN), log);
    }
}
