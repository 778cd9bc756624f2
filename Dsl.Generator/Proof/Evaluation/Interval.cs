using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Two doubles that enclose a real number.</summary>
internal readonly record struct Interval(double Low, double High)
{
    public double Middle => Low + ((High - Low) / 2);

    public bool Apart(Interval other) => High < other.Low || other.High < Low;
}

/// <summary>
/// Interval arithmetic with the real functions: every result is widened by more than the error of the operation, so that two
/// results that lie apart are values that differ. An operation is off by half a unit in the last place, a library function
/// by a few. Short binary fractions stay exact, so that ties of comparisons and roundings can be decided.
/// </summary>
internal sealed class IntervalArithmetic : Arithmetic<Interval>
{
    private const double FunctionError = 1e-13;
    private const double SmallestStep = 1e-300;

    /// <summary>Whether a step that is too close to call encloses both its outcomes, instead of having no value.</summary>
    public bool EnclosesSteps { get; init; }

    public override Interval Number(Rational value) =>
        value.ToDouble() is var number && IsShort(number) && value.Denominator <= 1024 ? Exact(number) : Widen(number, number);

    public override Interval Add(Interval a, Interval b) => AreShort(a, b) || IsZero(a) || IsZero(b)
        ? new(a.Low + b.Low, a.High + b.High)
        : Widen(a.Low + b.Low, a.High + b.High);

    public override Interval Multiply(Interval a, Interval b) => AreShort(a, b) || IsZero(a) || IsZero(b)
        ? Exact(a.Low * b.Low)
        : Extremes(a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High);

    public override Interval Largest(IReadOnlyList<Interval> values) => new(values.Max(value => value.Low), values.Max(value => value.High));

    public override double Pivot(Interval x) => x.Low > 0 ? x.Low : x.High < 0 ? -x.High : IsZero(x) ? -1 : 0;

    public override Interval Apply(Function function, Interval[] x) => function switch
    {
        Function.Divide => Divide(x[0], x[1]),
        Function.Sqrt => Root(x[0]),
        Function.Exp => Rising(Math.Exp, x[0]),
        Function.Exp2 => Rising(t => Math.Pow(2, t), x[0]),
        Function.Log => Logarithm(Math.Log, x[0]),
        Function.Log2 => Logarithm(t => Math.Log(t) / Math.Log(2), x[0]),
        Function.Sin or Function.Cos or Function.Tan => Periodic(function, x[0]),
        Function.Atan => Rising(Math.Atan, x[0]),
        Function.Tanh => Rising(Math.Tanh, x[0]),
        Function.Atanh => Artanh(x[0]),
        Function.Erf => Rising(RealFunctions.Erf, x[0]),
        Function.Abs => x[0].Low >= 0 ? x[0] : x[0].High <= 0 ? new(-x[0].High, -x[0].Low) : new(0, Math.Max(-x[0].Low, x[0].High)),
        Function.Max => new(Math.Max(x[0].Low, x[1].Low), Math.Max(x[0].High, x[1].High)),
        Function.Min => new(Math.Min(x[0].Low, x[1].Low), Math.Min(x[0].High, x[1].High)),
        Function.Sign => Step(RealFunctions.Sign, x[0]),
        Function.Round => Step(t => Math.Round(t, MidpointRounding.ToEven), x[0]),
        Function.Floor => Step(Math.Floor, x[0]),
        Function.GreaterOrEqual => Decide(x[0].Low >= x[1].High, x[0].High < x[1].Low),
        Function.Greater => Decide(x[0].Low > x[1].High, x[0].High <= x[1].Low),
        Function.Select => x[0] == Exact(0) ? x[2] : x[0].Low > 0 || x[0].High < 0 ? x[1] : Both(x[1], x[2]),
        _ => throw new UndefinedValueException("no interval for " + function),
    };

    /// <summary>Midpoints are rounded to doubles, so a value that close to one is not told.</summary>
    public override Interval Nearest(Codebook levels, Interval x)
    {
        var (low, high) = levels.Midpoints.All(middle => IsShort(middle.ToDouble()) && middle.Denominator <= 1024) ? x : Widen(x.Low, x.High);
        return Step(t => levels.Nearest(t), new(low, high));
    }

    public override Interval At(Codebook levels, Interval number) => levels.At(number.Low) is var level && level == levels.At(number.High)
        ? Number(level)
        : throw new UndefinedValueException("a level too close to call");

    public static Interval Exact(double value) => new(value, value);

    /// <summary>A step function is exact where both ends agree.</summary>
    private Interval Step(Func<double, double> f, Interval x) => f(x.Low) == f(x.High) ? Exact(f(x.Low)) : Both(Exact(f(x.Low)), Exact(f(x.High)));

    private Interval Both(Interval a, Interval b) => EnclosesSteps
        ? new(Math.Min(a.Low, b.Low), Math.Max(a.High, b.High))
        : throw new UndefinedValueException("a step too close to call");

    private static Interval Rising(Func<double, double> f, Interval x)
    {
        var (low, high) = (f(x.Low), f(x.High));
        return IsZero(x) || (x == Exact(1) && low == 0) ? Exact(low) : Finite(low - (Math.Abs(low) * FunctionError) - SmallestStep, high + (Math.Abs(high) * FunctionError) + SmallestStep);
    }

    private Interval Decide(bool holds, bool fails) => holds ? Exact(1) : fails ? Exact(0) : Both(Exact(0), Exact(1));

    private static Interval Logarithm(Func<double, double> f, Interval x) =>
        x.Low > 0 ? Rising(f, x) : throw new UndefinedValueException("logarithm of a number that is not positive", x.High <= 0);

    private static Interval Artanh(Interval x) => x.Low > -1 && x.High < 1
        ? Rising(RealFunctions.Artanh, x)
        : throw new UndefinedValueException("artanh outside (-1, 1)", x.High <= -1 || x.Low >= 1);

    private static Interval Root(Interval x)
    {
        if (x.Low < 0)
        {
            throw new UndefinedValueException("root of a negative number", x.High < 0);
        }

        var root = Math.Sqrt(x.Low);
        return x.Low == x.High && IsShort(x.Low) && IsShort(root) && root * root == x.Low ? Exact(root) : Rising(Math.Sqrt, x);
    }

    /// <summary>|sin'|, |cos'| ≤ 1; tan' ≤ 1 + the larger square of both ends.</summary>
    private static Interval Periodic(Function function, Interval x)
    {
        var width = x.High - x.Low;
        Func<double, double> f = function == Function.Sin ? Math.Sin : function == Function.Cos ? Math.Cos : Math.Tan;
        if (function == Function.Tan && !(width < 1e-9 && Math.Abs(f(x.Middle)) < 1e3))
        {
            throw new UndefinedValueException("tangent near a pole");
        }

        if (x.Low == 0 && x.High == 0)
        {
            return Exact(f(0));
        }

        var (middle, slope) = (f(x.Middle), function == Function.Tan ? 2 + (2 * f(x.Middle) * f(x.Middle)) : 1);
        return Finite(middle - (width * slope) - FunctionError, middle + (width * slope) + FunctionError);
    }

    private static Interval Extremes(double a, double b, double c, double d) =>
        Widen(Math.Min(Math.Min(a, b), Math.Min(c, d)), Math.Max(Math.Max(a, b), Math.Max(c, d)));

    private static Interval Widen(double low, double high) =>
        Finite(low - (Math.Abs(low) * 2.3e-16) - SmallestStep, high + (Math.Abs(high) * 2.3e-16) + SmallestStep);

    /// <summary>Multiples of 2⁻¹⁰ below 2¹⁶: their sums and products need no rounding.</summary>
    private static bool IsShort(double value) => Math.Abs(value) < 1 << 16 && value * 1024 == Math.Floor(value * 1024);

    private static bool AreShort(Interval a, Interval b) => a.Low == a.High && b.Low == b.High && IsShort(a.Low) && IsShort(b.Low);

    private static bool IsZero(Interval a) => a.Low == 0 && a.High == 0;

    private static Interval Divide(Interval a, Interval b)
    {
        if (b.Low <= 0 && b.High >= 0)
        {
            throw new UndefinedValueException("division by zero", IsZero(b));
        }

        var quotient = a.Low / b.Low;
        return IsZero(a) || (AreShort(a, b) && IsShort(quotient) && quotient * b.Low == a.Low)
            ? Exact(quotient)
            : Extremes(a.Low / b.Low, a.Low / b.High, a.High / b.Low, a.High / b.High);
    }

    private static Interval Finite(double low, double high) =>
        double.IsNaN(low) || double.IsNaN(high) || double.IsInfinity(low) || double.IsInfinity(high)
            ? throw new UndefinedValueException("overflow")
            : new(low, high);
}
