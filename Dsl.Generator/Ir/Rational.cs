using System.Globalization;
using System.Numerics;

namespace LayerDsl.Generator.Ir;

/// <summary>An exact fraction in lowest terms with a positive denominator.</summary>
internal readonly record struct Rational : IComparable<Rational>
{
    private readonly BigInteger denominatorMinusOne; // so that default(Rational) is zero, not 0/0

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException("A rational number needs a non-zero denominator.");
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        denominatorMinusOne = (denominator / divisor) - 1;
    }

    public static Rational Zero => default;

    public static Rational One => 1;

    public BigInteger Numerator { get; }

    public BigInteger Denominator => denominatorMinusOne + 1;

    public bool IsZero => Numerator.IsZero;

    public bool IsOne => Numerator.IsOne && denominatorMinusOne.IsZero;

    public bool IsInteger => denominatorMinusOne.IsZero;

    public int Sign => Numerator.Sign;

    /// <summary>The exact value of a finite double: every finite binary floating-point number is a fraction.</summary>
    public static Rational FromDouble(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers are rational.");
        }

        // The shortest decimal that reads back as the same double is what the user wrote: 0.1 means one tenth.
        return Parse(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a decimal such as <c>-1.25E-3</c> exactly.</summary>
    public static Rational Parse(string text)
    {
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var exponent = exponentAt < 0 ? 0 : int.Parse(text.Substring(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = exponentAt < 0 ? text : text.Substring(0, exponentAt);
        var pointAt = mantissa.IndexOf('.');
        if (pointAt >= 0)
        {
            exponent -= mantissa.Length - pointAt - 1;
            mantissa = mantissa.Remove(pointAt, 1);
        }

        var digits = BigInteger.Parse(mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent >= 0
            ? new Rational(digits * BigInteger.Pow(10, exponent), 1)
            : new Rational(digits, BigInteger.Pow(10, -exponent));
    }

    public static implicit operator Rational(int value) => new(value, 1);

    public static implicit operator Rational(long value) => new(value, 1);

    public static Rational operator +(Rational a, Rational b) =>
        new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + -b;

    public static Rational operator -(Rational a) => new(-a.Numerator, a.Denominator);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public double ToDouble() => (double)Numerator / (double)Denominator;

    public override string ToString() => IsInteger
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : Numerator.ToString(CultureInfo.InvariantCulture) + "/" + Denominator.ToString(CultureInfo.InvariantCulture);
}
