using System.Numerics;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Tests.Proof;

/// <summary>Real functions in binary fixed point with 420 digits after the point, by series: a reference that shares nothing with doubles.</summary>
internal readonly record struct FixedPoint(BigInteger Digits)
{
    private const int Fraction = 420;

    private static readonly FixedPoint One = Of(1);

    public static FixedPoint Of(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        var shift = Math.Max(exponent, 1) - 1075 + Fraction;
        var digits = shift >= 0 ? mantissa << shift : mantissa >> -shift;
        return new(bits < 0 ? -digits : digits);
    }

    public static FixedPoint operator +(FixedPoint a, FixedPoint b) => new(a.Digits + b.Digits);

    public static FixedPoint operator -(FixedPoint a, FixedPoint b) => new(a.Digits - b.Digits);

    public static FixedPoint operator *(FixedPoint a, FixedPoint b) => new((a.Digits * b.Digits) >> Fraction);

    public static FixedPoint operator /(FixedPoint a, FixedPoint b) => new((a.Digits << Fraction) / b.Digits);

    public static bool operator <(FixedPoint a, FixedPoint b) => a.Digits < b.Digits;

    public static bool operator >(FixedPoint a, FixedPoint b) => a.Digits > b.Digits;

    /// <summary>The value of a function of one argument.</summary>
    public static FixedPoint Apply(Function function, FixedPoint x) => function switch
    {
        Function.Sqrt => Sqrt(x),
        Function.Exp => Exp(x),
        Function.Exp2 => Exp(x * Log(Of(2))),
        Function.Log => Log(x),
        Function.Log2 => Log(x) / Log(Of(2)),
        Function.Sin => Sin(x),
        Function.Cos => Cos(x),
        Function.Tan => Sin(x) / Cos(x),
        Function.Atan => Atan(x),
        Function.Tanh => Exp(x + x) is var e ? (e - One) / (e + One) : default,
        Function.Atanh => Log((One + x) / (One - x)) / Of(2),
        Function.Erf => Erf(x),
        Function.Abs => new(BigInteger.Abs(x.Digits)),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "no reference"),
    };

    /// <summary>By Newton's iteration on integers.</summary>
    private static FixedPoint Sqrt(FixedPoint x)
    {
        var square = x.Digits << Fraction;
        var root = BigInteger.One << (int)((square.GetBitLength() / 2) + 1);
        for (var next = (root + (square / root)) / 2; next < root; next = (root + (square / root)) / 2)
        {
            root = next;
        }

        return new(root);
    }

    /// <summary>e^x = (e^(x / 2¹²))^(2¹²), the inner one by its series.</summary>
    private static FixedPoint Exp(FixedPoint x)
    {
        const int Halvings = 12;
        var small = new FixedPoint(x.Digits >> Halvings);
        var (sum, term) = (One, One);
        for (var n = 1; !term.Digits.IsZero && n < 200; n++)
        {
            term = new((term * small).Digits / n);
            sum += term;
        }

        return Enumerable.Range(0, Halvings).Aggregate(sum, (power, _) => power * power);
    }

    /// <summary>Halley's iteration for e^y = x.</summary>
    private static FixedPoint Log(FixedPoint x)
    {
        var length = (int)x.Digits.GetBitLength() - Fraction;
        var y = Of(length * Math.Log(2));
        for (var k = 0; k < 8; k++)
        {
            var e = Exp(y);
            y += Of(2) * (x - e) / (x + e);
        }

        return y;
    }

    private static FixedPoint Sin(FixedPoint x) => Series(x, x, 2);

    private static FixedPoint Cos(FixedPoint x) => Series(One, x, 1);

    /// <summary>first - first·x²/(n·(n+1)) + …</summary>
    private static FixedPoint Series(FixedPoint first, FixedPoint x, int n)
    {
        var (sum, term, square) = (first, first, x * x);
        for (; !term.Digits.IsZero && n < 2000; n += 2)
        {
            term = new(-(term * square).Digits / (n * (n + 1)));
            sum += term;
        }

        return sum;
    }

    /// <summary>atan(x) = 2·atan(x / (1 + √(1 + x²))), ten times, then its series.</summary>
    private static FixedPoint Atan(FixedPoint x)
    {
        const int Halvings = 10;
        for (var k = 0; k < Halvings; k++)
        {
            x /= One + Sqrt(One + (x * x));
        }

        var (sum, power, square) = (x, x, x * x);
        for (var n = 3; !power.Digits.IsZero && n < 500; n += 2)
        {
            power = new(-(power * square).Digits);
            sum += new FixedPoint(power.Digits / n);
        }

        return new(sum.Digits << Halvings);
    }

    /// <summary>2/√π · Σ (-1)ⁿ·x^(2n+1) / (n!·(2n+1)).</summary>
    private static FixedPoint Erf(FixedPoint x)
    {
        var (sum, power, square) = (x, x, x * x);
        for (var n = 1; !power.Digits.IsZero && n < 1000; n++)
        {
            power = new(-(power * square).Digits / n);
            sum += new FixedPoint(power.Digits / ((2 * n) + 1));
        }

        return sum * Of(2) / Sqrt(Atan(One) * Of(4));
    }
}
