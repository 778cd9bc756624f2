using System.Numerics;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>
/// Arithmetic modulo a prime P = 2Q + 1, Q prime as well. Exponentials take their argument modulo Q and are powers of an
/// element of order Q, so that exp(x + y) = exp(x)·exp(y) holds (the two-prime construction; Zhang et al., Mirage, 2024).
/// Residues that are squares count as positive: as P ≡ 3 mod 4, exactly one of x and -x is, sign and |x| are
/// multiplicative, and roots of squares exist. Other functions are random oracles on their argument, odd ones up to sign.
/// </summary>
internal sealed class FieldArithmetic : Arithmetic<Residue>
{
    /// <summary>The largest prime below 2⁶² of the form 2Q + 1 with Q prime.</summary>
    public static readonly BigInteger P = 4611686018427377339;

    /// <summary>The order of the squares modulo P.</summary>
    public static readonly BigInteger Q = 2305843009213688669;

    /// <summary>A square other than one, so it has order Q.</summary>
    private static readonly BigInteger Base = 4;

    private readonly string seed;

    public FieldArithmetic(string seed) => this.seed = seed;

    public static Residue Of(BigInteger value, BigInteger? exponent) => new(Reduce(value, P), exponent is { } known ? Reduce(known, Q) : null);

    public override Residue Number(Rational value)
    {
        if ((value.Denominator % P).IsZero || (value.Denominator % Q).IsZero)
        {
            throw new UndefinedValueException("a denominator that is a multiple of the modulus");
        }

        return Of(value.Numerator * Inverse(value.Denominator, P), value.Numerator * Inverse(value.Denominator, Q));
    }

    public override Residue Add(Residue a, Residue b) => Of(a.Value + b.Value, a.Exponent + b.Exponent);

    public override Residue Multiply(Residue a, Residue b) => Of(a.Value * b.Value, a.Exponent * b.Exponent);

    public override Residue Largest(IReadOnlyList<Residue> values) => values.Aggregate(Max);

    public override double Pivot(Residue x) => x.Value.IsZero ? -1 : x.Exponent is { IsZero: true } ? 0 : 1;

    public override Residue Apply(Function function, Residue[] x) => function switch
    {
        Function.Divide => Divide(x[0], x[1]),
        Function.Sqrt => Root(x[0]),
        Function.Exp => Power(Base, x[0]),
        Function.Exp2 => Power(Base * Base * Base, x[0]),
        Function.Abs => IsPositive(x[0]) ? x[0] : Of(-x[0].Value, -x[0].Exponent),
        Function.Sign => Number(Sign(x[0].Value)),
        Function.Max => Max(x[0], x[1]),
        Function.Min => Of(x[0].Value + x[1].Value - Max(x[0], x[1]).Value, x[0].Exponent + x[1].Exponent - Max(x[0], x[1]).Exponent),
        Function.GreaterOrEqual => Number(Sign(x[0].Value - x[1].Value) >= 0 ? 1 : 0),
        Function.Greater => Number(Sign(x[0].Value - x[1].Value) > 0 ? 1 : 0),
        Function.Select => x[0].Value.IsZero ? x[2] : x[1],
        Function.Atan or Function.Tanh or Function.Sin or Function.Tan or Function.Atanh or Function.Erf or Function.Round => Odd(function, x[0].Value),
        _ => Oracle(function, x[0].Value),
    };

    /// <summary>A random one: numbers of a field have no order that sums respect.</summary>
    public override Residue Nearest(Codebook levels, Residue x) =>
        Number((int)Noise.Below(levels.Levels.Count, seed + "/nearest/" + levels.Text + "/" + x.Value));

    /// <summary>Numbers that there are have their levels, others random values.</summary>
    public override Residue At(Codebook levels, Residue number) => number.Value >= 0 && number.Value <= levels.Last
        ? Number(levels.Levels[(int)number.Value])
        : Oracle(Function.LevelAt, number.Value);

    private static Residue Max(Residue a, Residue b) => Sign(a.Value - b.Value) >= 0 ? a : b;

    private static bool IsPositive(Residue x) => Sign(x.Value) >= 0;

    private static Residue Divide(Residue a, Residue b)
    {
        if (b.Value.IsZero || b.Exponent is { IsZero: true })
        {
            throw new UndefinedValueException("division by zero");
        }

        return Of(a.Value * Inverse(b.Value, P), a.Exponent is { } above && b.Exponent is { } below ? above * Inverse(below, Q) : null);
    }

    /// <summary>The root that is a square itself. Where there is none the point is given up, as one with a negative radicand.</summary>
    private static Residue Root(Residue x) => Sign(x.Value) >= 0
        ? Of(BigInteger.ModPow(x.Value, (P + 1) / 4, P), null)
        : throw new UndefinedValueException("root of a non-residue");

    private static Residue Power(BigInteger element, Residue x) => x.Exponent is { } exponent
        ? Of(BigInteger.ModPow(element % P, exponent, P), null)
        : throw new UndefinedValueException("an exponential of an exponential");

    /// <summary>1 for squares, -1 for others, 0 for 0.</summary>
    private static int Sign(BigInteger value) => Reduce(value, P) is { IsZero: false } residue ? (BigInteger.ModPow(residue, Q, P).IsOne ? 1 : -1) : 0;

    private Residue Odd(Function function, BigInteger value)
    {
        var sign = Sign(value);
        return sign == 0 ? Of(0, 0) : Multiply(Number(sign), Oracle(function, Reduce(sign * value, P)));
    }

    private Residue Oracle(Function function, BigInteger value)
    {
        var place = seed + "/" + function + "/" + value;
        return Of(Noise.Below(P, place), Noise.Below(Q, place + "/exponent"));
    }

    private static BigInteger Inverse(BigInteger value, BigInteger modulus) => BigInteger.ModPow(Reduce(value, modulus), modulus - 2, modulus);

    private static BigInteger Reduce(BigInteger value, BigInteger modulus) => ((value % modulus) + modulus) % modulus;
}
