using System.Collections.Immutable;
using System.Numerics;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>Powers: multiplied out where they are small integers, else moved onto the factors, else kept around a group.</summary>
internal sealed partial class Algebra
{
    private const int LargestPower = 8;
    private const int LargestExpansion = 200;
    private const int LargestTrialDivisor = 1000;

    public const string NonZeroDenominators = "denominators are not zero";
    public const string RootsExist = "arguments of square roots are not negative";
    public const string LogarithmsExist = "arguments of logarithms are positive";

    public Polynomial Divide(Polynomial a, Polynomial b) => Multiply(a, Power(b, -1));

    public Polynomial Power(Polynomial a, Rational power)
    {
        Steps.Take();
        if (power.IsOne || power.IsZero)
        {
            return power.IsOne ? a : Polynomial.One;
        }

        if (a.Constant is { } constant && PowerOf(constant, power) is { } number)
        {
            return number;
        }

        if (power.IsInteger && power.Sign > 0 && power.Numerator <= LargestPower && Math.Pow(a.Terms.Length, (int)power.Numerator) <= LargestExpansion)
        {
            return Repeat(a, (int)power.Numerator);
        }

        if (a.IsZero)
        {
            Steps.Assume(NonZeroDenominators);
            return Polynomial.Of(new GroupAtom(a), power);
        }

        if (power.Sign < 0 && SignFacts.Of(a) != SignFact.Positive)
        {
            Steps.Assume(NonZeroDenominators);
        }

        if (!power.IsInteger && !SignFacts.IsNonNegative(a))
        {
            Steps.Assume(RootsExist);
        }

        var parts = FactorOut([a], power.IsInteger ? _ => true : factor => SignFacts.IsPositive(factor.Atom));
        var rest = parts.Remainder[0];
        var (scale, monic) = Monic(rest, keepSign: !power.IsInteger);

        // A power too large to write out stays one: what is dropped here would be a factor lost.
        var result = scale.IsOne ? Polynomial.One : PowerOf(scale, power) ?? Polynomial.Of(new GroupAtom(Polynomial.Of(scale)), power);
        foreach (var factor in parts.Common)
        {
            result = Multiply(result, Make([], [factor with { Power = factor.Power * power }]));
        }

        return Multiply(result, GroupPower(monic, power));
    }

    /// <summary>The factors that all terms of all forms share, each with its least power, and what is left of the forms.</summary>
    public (ImmutableArray<Factor> Common, ImmutableArray<Polynomial> Remainder) FactorOut(ImmutableArray<Polynomial> forms, Func<Factor, bool> allowed)
    {
        var products = forms.SelectMany(form => form.Terms).Select(term => term.Product).ToArray();
        var common = products
            .SelectMany(product => product.Factors.Where(factor => !product.Bound.Any(factor.Atom.Indices.Contains)))
            .GroupBy(factor => factor.Atom.Key)
            .Select(group => new Factor(group.First().Atom, products.Min(product => PowerIn(product, group.Key))))
            .Where(factor => !factor.Power.IsZero && allowed(factor))
            .ToImmutableArray();
        if (common.IsEmpty)
        {
            return (common, forms);
        }

        var inverse = common.Aggregate(Polynomial.One, (product, factor) => Multiply(product, Polynomial.Of(factor.Atom, -factor.Power)));
        return (common, forms.Select(form => Multiply(form, inverse)).ToImmutableArray());
    }

    /// <summary>Divides by the coefficient of the first term, or by its absolute value.</summary>
    public static (Rational Scale, Polynomial Monic) Monic(Polynomial a, bool keepSign)
    {
        var first = a.IsZero ? Rational.One : a.Terms[0].Coefficient;
        var scale = keepSign && first.Sign < 0 ? -first : first;
        return (scale, a * (1 / scale));
    }

    private static Rational PowerIn(Product product, string key)
    {
        var factor = product.Factors.FirstOrDefault(factor => factor.Atom.Key == key);
        return factor.Atom is null || product.Bound.Any(factor.Atom.Indices.Contains) ? Rational.Zero : factor.Power;
    }

    /// <summary>A single product of numbers and atoms takes the power itself; (x²)^(1/2) is |x|; all else is a group.</summary>
    private Polynomial GroupPower(Polynomial monic, Rational power)
    {
        if (monic.Constant is { IsOne: true })
        {
            return Polynomial.One;
        }

        if (monic.Terms.Length != 1 || !monic.Terms[0].Coefficient.IsOne || !monic.Terms[0].Product.Bound.IsEmpty)
        {
            return Polynomial.Of(new GroupAtom(monic), power);
        }

        var factors = monic.Terms[0].Product.Factors;
        if (!factors.All(factor => power.IsInteger || IsEven(factor.Power) || factors.Length == 1))
        {
            return Polynomial.Of(new GroupAtom(monic), power);
        }

        return factors.Aggregate(Polynomial.One, (product, factor) => Multiply(product, FactorPower(factor, power)));
    }

    /// <summary>(x³)^(1/2) is x^(3/2) where x ≥ 0, and both sides ask for that; likewise for all odd powers.</summary>
    private Polynomial FactorPower(Factor factor, Rational power)
    {
        if (power.IsInteger || !IsEven(factor.Power))
        {
            return Make([], [factor with { Power = factor.Power * power }]);
        }

        Steps.Use("√(x²) = |x|");
        return Power(Apply(Function.Abs, [Polynomial.Of(factor.Atom)]), factor.Power * power);
    }

    private static bool IsEven(Rational power) => power.IsInteger && power.Numerator.IsEven;

    /// <summary>A power of a number: exact where it is rational, else primes under a root. Null for 0⁻¹ and roots of negative numbers.</summary>
    private static Polynomial? PowerOf(Rational value, Rational power)
    {
        if (value.IsZero)
        {
            return power.Sign > 0 ? Polynomial.Zero : null;
        }

        if (power.IsInteger && BigInteger.Abs(power.Numerator) <= 1024)
        {
            var count = (int)BigInteger.Abs(power.Numerator);
            var raised = new Rational(BigInteger.Pow(value.Numerator, count), BigInteger.Pow(value.Denominator, count));
            return Polynomial.Of(power.Sign > 0 ? raised : 1 / raised);
        }

        if (value.Sign < 0 || power.IsInteger)
        {
            return null;
        }

        var coefficient = Rational.One;
        var factors = new List<Factor>();
        foreach (var (prime, exponent) in Primes(value))
        {
            var total = exponent * power;
            var whole = BigInteger.Divide(total.Numerator - (total.Numerator.Sign < 0 ? total.Denominator - 1 : 0), total.Denominator);
            if (BigInteger.Abs(whole) > 1024)
            {
                return null;
            }

            coefficient *= whole.Sign < 0 ? new Rational(1, BigInteger.Pow(prime, (int)-whole)) : new Rational(BigInteger.Pow(prime, (int)whole), 1);
            if (!(total - new Rational(whole, 1)).IsZero)
            {
                factors.Add(new Factor(new PrimeAtom(prime), total - new Rational(whole, 1)));
            }
        }

        return Polynomial.Of(new Product([], Sort(factors.ToImmutableArray()))) * coefficient;
    }

    /// <summary>Prime factors with exponents; a large rest counts as one prime, which costs completeness only.</summary>
    public static IEnumerable<(BigInteger Prime, Rational Exponent)> Primes(Rational value)
    {
        foreach (var (number, sign) in new[] { (value.Numerator, 1), (value.Denominator, -1) })
        {
            var rest = number;
            for (var divisor = 2; divisor < LargestTrialDivisor && !rest.IsOne; divisor++)
            {
                var count = 0;
                for (; (rest % divisor).IsZero; rest /= divisor)
                {
                    count++;
                }

                if (count > 0)
                {
                    yield return (divisor, sign * count);
                }
            }

            if (!rest.IsOne)
            {
                yield return (rest, sign);
            }
        }
    }
}
