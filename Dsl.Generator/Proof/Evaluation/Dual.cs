using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>A value and its derivative in one direction, in double precision.</summary>
internal readonly record struct Dual(double Value, double Derivative)
{
    /// <summary>About how far the value may be off, to first order; NaN where that cannot be told.</summary>
    public double ValueError { get; init; }

    /// <summary>About how far the derivative may be off.</summary>
    public double DerivativeError { get; init; }

    /// <summary>The sum of the magnitudes of what the derivative was added up from.</summary>
    public double Size { get; init; } = Math.Abs(Derivative);

    /// <summary>What a function has where it is not defined.</summary>
    public static Dual Undefined => new(double.NaN, double.NaN);
}

/// <summary>
/// Forward-mode differentiation: the rules are stated here once more, apart from those of the reverse mode, so that one
/// can check the other. Rounding errors are carried along (Higham, Accuracy and Stability of Numerical Algorithms, §3.3): where terms cancel, few digits are left.
/// </summary>
internal sealed class DualNumbers : Arithmetic<Dual>
{
    /// <summary>Half a unit in the last place, relative to the value.</summary>
    private const double Unit = 1.2e-16;

    /// <summary>What the library functions, and the few operations of a slope, may be off by.</summary>
    private const double FunctionError = 8 * Unit;

    public override Dual Number(Rational value) =>
        value.ToDouble() is var number && IsShort(number) && value.Denominator <= 1024 ? new(number, 0) : new(number, 0) { ValueError = Unit * Math.Abs(number) };

    public override Dual Add(Dual a, Dual b) => new(a.Value + b.Value, a.Derivative + b.Derivative)
    {
        ValueError = a.ValueError + b.ValueError + Rounding(a, b, a.Value + b.Value),
        DerivativeError = a.DerivativeError + b.DerivativeError + (Unit * Math.Abs(a.Derivative + b.Derivative)),
        Size = a.Size + b.Size,
    };

    public override Dual Multiply(Dual a, Dual b)
    {
        var (left, right) = (a.Derivative * b.Value, a.Value * b.Derivative);
        return new(a.Value * b.Value, left + right)
        {
            ValueError = (Math.Abs(a.Value) * b.ValueError) + (a.ValueError * (Math.Abs(b.Value) + b.ValueError)) + Rounding(a, b, a.Value * b.Value),
            DerivativeError = (a.DerivativeError * Math.Abs(b.Value)) + (Math.Abs(a.Derivative) * b.ValueError)
                + (a.ValueError * Math.Abs(b.Derivative)) + (Math.Abs(a.Value) * b.DerivativeError) + (2 * Unit * (Math.Abs(left) + Math.Abs(right))),
            Size = (a.Size * Math.Abs(b.Value)) + (Math.Abs(a.Value) * b.Size),
        };
    }

    /// <summary>The derivative of a maximum is shared evenly among ties.</summary>
    public override Dual Largest(IReadOnlyList<Dual> values)
    {
        if (values.Any(value => double.IsNaN(value.Value)))
        {
            return Dual.Undefined;
        }

        var largest = values.Max(value => value.Value);
        var ties = values.Where(value => value.Value == largest).ToArray();
        var slope = ties.Average(value => value.Derivative);
        var error = ties.Max(value => value.ValueError);

        // What is as large but for rounding may be the largest instead; what is exactly as large was computed alike.
        var rivals = values.Where(value => value.Value < largest && largest - value.Value <= error + value.ValueError).Select(value => Math.Abs(value.Derivative - slope) + value.DerivativeError);
        return new(largest, slope)
        {
            ValueError = error,
            DerivativeError = rivals.Append(0).Max() + ties.Max(value => value.DerivativeError),
            Size = ties.Max(value => value.Size),
        };
    }

    public override double Pivot(Dual x) => double.IsNaN(x.Value) ? 0 : x is { Value: 0, ValueError: 0 } ? -1 : Math.Abs(x.Value);

    public override Dual WithoutValue(string reason, bool isCertain) => Dual.Undefined;

    /// <summary>A step function, as the roundings are.</summary>
    public override Dual Nearest(Codebook levels, Dual x) => Step(x, t => levels.Nearest(t));

    public override Dual At(Codebook levels, Dual number) => Step(number, t => levels.At(t).ToDouble());

    /// <summary>The value of one number with the derivative of another: a declared surrogate.</summary>
    public static Dual WithDerivative(Dual value, Dual derivative) => double.IsNaN(value.Value) ? Dual.Undefined : derivative with { Value = value.Value, ValueError = value.ValueError };

    public override Dual Apply(Function function, Dual[] x) => function switch
    {
        Function.Divide => Divide(x[0], x[1]),
        Function.Sqrt => Chain(x[0], Math.Sqrt, t => 0.5 / Math.Sqrt(t)),
        Function.Exp => Chain(x[0], Math.Exp, Math.Exp),
        Function.Exp2 => Chain(x[0], t => Math.Pow(2, t), t => Math.Pow(2, t) * Math.Log(2)),
        Function.Log => Chain(x[0], Math.Log, t => 1 / t),
        Function.Log2 => Chain(x[0], t => Math.Log(t) / Math.Log(2), t => 1 / (t * Math.Log(2))),
        Function.Sin => Chain(x[0], Math.Sin, Math.Cos),
        Function.Cos => Chain(x[0], Math.Cos, t => -Math.Sin(t)),
        Function.Tan => Chain(x[0], Math.Tan, t => 1 / (Math.Cos(t) * Math.Cos(t))),
        Function.Atan => Chain(x[0], Math.Atan, t => 1 / (1 + (t * t))),
        Function.Tanh => Chain(x[0], Math.Tanh, t => 1 / (Math.Cosh(t) * Math.Cosh(t))),
        Function.Atanh => Chain(x[0], RealFunctions.Artanh, t => 1 / ((1 - t) * (1 + t))),
        Function.Erf => Chain(x[0], RealFunctions.Erf, t => 2 / Math.Sqrt(Math.PI) * Math.Exp(-t * t)),
        Function.Abs => Chain(x[0], Math.Abs, RealFunctions.Sign, 0),
        Function.Max => Largest(x),
        Function.Min => Negative(Largest([Negative(x[0]), Negative(x[1])])),
        Function.Select => Choose(x[0], x[1], x[2]),
        Function.Sign => Step(x[0], RealFunctions.Sign),
        Function.Round => Step(x[0], t => Math.Round(t, MidpointRounding.ToEven)),
        Function.Floor => Step(x[0], Math.Floor),
        Function.GreaterOrEqual => Compared(x[0], x[1], x[0].Value >= x[1].Value),
        Function.Greater => Compared(x[0], x[1], x[0].Value > x[1].Value),
        _ => throw new UndefinedValueException("no derivative of " + function),
    };

    /// <summary>Sums and products of short numbers are exact, so that the arithmetic of codes decides their steps.</summary>
    private static double Rounding(Dual a, Dual b, double result) =>
        a.ValueError == 0 && b.ValueError == 0 && IsShort(a.Value) && IsShort(b.Value) ? 0 : Unit * Math.Abs(result);

    /// <summary>Multiples of 2⁻¹⁰ below 2¹⁶.</summary>
    private static bool IsShort(double value) => Math.Abs(value) < 1 << 16 && value * 1024 == Math.Floor(value * 1024);

    private static Dual Negative(Dual x) => x with { Value = -x.Value, Derivative = -x.Derivative };

    private static Dual Divide(Dual a, Dual b)
    {
        var quotient = a.Value / b.Value;
        var slope = (a.Derivative - (quotient * b.Derivative)) / b.Value;
        var smallest = Math.Abs(b.Value) > b.ValueError ? Math.Abs(b.Value) - b.ValueError : double.NaN;
        var error = ((a.ValueError + (Math.Abs(quotient) * b.ValueError)) / smallest) + (IsShort(quotient) && quotient * b.Value == a.Value ? Rounding(a, b, quotient) : Unit * Math.Abs(quotient));
        var size = Math.Abs(a.Derivative) + Math.Abs(quotient * b.Derivative);
        return double.IsNaN(quotient) ? Dual.Undefined : new(quotient, slope)
        {
            ValueError = error,
            DerivativeError = (a.DerivativeError + (Math.Abs(quotient) * b.DerivativeError) + (error * Math.Abs(b.Derivative)) + (Math.Abs(slope) * b.ValueError) + (4 * Unit * size)) / smallest,
            Size = (a.Size + (Math.Abs(quotient) * b.Size)) / Math.Abs(b.Value),
        };
    }

    /// <summary>The chain rule. Outside of its domain a function has no derivative either, whatever the formula of its slope gives there.</summary>
    private static Dual Chain(Dual x, Func<double, double> f, Func<double, double> slopeOf, double functionError = FunctionError)
    {
        var (value, slope) = (f(x.Value), slopeOf(x.Value));
        return double.IsNaN(value) ? Dual.Undefined : new(value, slope * x.Derivative)
        {
            ValueError = Spread(f, x, value) + (functionError * Math.Abs(value)),
            DerivativeError = (Math.Abs(slope) * x.DerivativeError) + (Spread(slopeOf, x, slope) * Math.Abs(x.Derivative)) + (functionError * Math.Abs(slope * x.Derivative)),
            Size = Math.Abs(slope) * x.Size,
        };
    }

    /// <summary>How much a function varies within the error of its argument.</summary>
    private static double Spread(Func<double, double> f, Dual x, double value) =>
        x.ValueError == 0 ? 0 : Math.Max(Math.Abs(f(x.Value + x.ValueError) - value), Math.Abs(f(x.Value - x.ValueError) - value));

    private static Dual Step(Dual x, Func<double, double> f) => double.IsNaN(x.Value) ? Dual.Undefined
        : double.IsNaN(x.ValueError) ? new(f(x.Value), 0) { ValueError = double.NaN }
        : new(f(x.Value), 0) { ValueError = Spread(f, x, f(x.Value)) };

    private static Dual Compared(Dual a, Dual b, bool holds) => double.IsNaN(a.Value) || double.IsNaN(b.Value) ? Dual.Undefined
        : new(holds ? 1 : 0, 0) { ValueError = a.Value == b.Value || Math.Abs(a.Value - b.Value) > a.ValueError + b.ValueError ? 0 : 1 };

    private static Dual Choose(Dual condition, Dual then, Dual otherwise)
    {
        if (double.IsNaN(condition.Value))
        {
            return Dual.Undefined;
        }

        var (chosen, other) = condition.Value != 0 ? (then, otherwise) : (otherwise, then);
        return condition.ValueError == 0 || Math.Abs(condition.Value) > condition.ValueError ? chosen : chosen with
        {
            ValueError = chosen.ValueError + Math.Abs(chosen.Value - other.Value),
            DerivativeError = chosen.DerivativeError + Math.Abs(chosen.Derivative - other.Derivative),
        };
    }
}
