using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>A value and its derivative in one direction.</summary>
internal readonly record struct Dual(double Value, double Derivative);

/// <summary>
/// Forward-mode differentiation: the rules are stated here once more, apart from those of the reverse mode, so that one
/// can check the other.
/// </summary>
internal sealed class DualNumbers : Arithmetic<Dual>
{
    public override Dual Number(Rational value) => new(value.ToDouble(), 0);

    public override Dual Add(Dual a, Dual b) => new(a.Value + b.Value, a.Derivative + b.Derivative);

    public override Dual Multiply(Dual a, Dual b) => new(a.Value * b.Value, (a.Derivative * b.Value) + (a.Value * b.Derivative));

    /// <summary>The derivative of a maximum is shared evenly among ties.</summary>
    public override Dual Largest(IReadOnlyList<Dual> values)
    {
        if (values.Any(value => double.IsNaN(value.Value)))
        {
            return new(double.NaN, double.NaN);
        }

        var largest = values.Max(value => value.Value);
        return new(largest, values.Where(value => value.Value == largest).Average(value => value.Derivative));
    }

    /// <summary>A step function, as the roundings are.</summary>
    public override Dual Nearest(Codebook levels, Dual x) => Chain(x, double.IsNaN(x.Value) ? double.NaN : levels.Nearest(x.Value), 0);

    public override Dual At(Codebook levels, Dual number) => Chain(number, double.IsNaN(number.Value) ? double.NaN : levels.At(number.Value).ToDouble(), 0);

    /// <summary>The value of one number with the derivative of another: a declared surrogate.</summary>
    public static Dual WithDerivative(Dual value, Dual derivative) => new(value.Value, derivative.Derivative);

    public override Dual Apply(Function function, Dual[] x)
    {
        var t = x[0].Value;
        return function switch
        {
            Function.Divide => new(t / x[1].Value, ((x[0].Derivative * x[1].Value) - (t * x[1].Derivative)) / (x[1].Value * x[1].Value)),
            Function.Sqrt => Chain(x[0], Math.Sqrt(t), 0.5 / Math.Sqrt(t)),
            Function.Exp => Chain(x[0], Math.Exp(t), Math.Exp(t)),
            Function.Exp2 => Chain(x[0], Math.Pow(2, t), Math.Pow(2, t) * Math.Log(2)),
            Function.Log => Chain(x[0], Math.Log(t), 1 / t),
            Function.Log2 => Chain(x[0], Math.Log(t) / Math.Log(2), 1 / (t * Math.Log(2))),
            Function.Sin => Chain(x[0], Math.Sin(t), Math.Cos(t)),
            Function.Cos => Chain(x[0], Math.Cos(t), -Math.Sin(t)),
            Function.Tan => Chain(x[0], Math.Tan(t), 1 / (Math.Cos(t) * Math.Cos(t))),
            Function.Atan => Chain(x[0], Math.Atan(t), 1 / (1 + (t * t))),
            Function.Tanh => Chain(x[0], Math.Tanh(t), 1 / (Math.Cosh(t) * Math.Cosh(t))),
            Function.Atanh => Chain(x[0], Math.Log((1 + t) / (1 - t)) / 2, 1 / ((1 - t) * (1 + t))),
            Function.Erf => Chain(x[0], RealFunctions.Erf(t), 2 / Math.Sqrt(Math.PI) * Math.Exp(-t * t)),
            Function.Abs => Chain(x[0], Math.Abs(t), RealFunctions.Sign(t)),
            Function.Max => Choose(x, t > x[1].Value, t == x[1].Value),
            Function.Min => Choose(x, t < x[1].Value, t == x[1].Value),
            Function.Select => t != 0 ? x[1] : x[2],
            Function.Sign => Chain(x[0], RealFunctions.Sign(t), 0),
            Function.Round => Chain(x[0], Math.Round(t, MidpointRounding.ToEven), 0),
            Function.Floor => Chain(x[0], Math.Floor(t), 0),
            Function.GreaterOrEqual => new(t >= x[1].Value ? 1 : 0, 0),
            Function.Greater => new(t > x[1].Value ? 1 : 0, 0),
            _ => throw new UndefinedValueException("no derivative of " + function),
        };
    }

    private static Dual Chain(Dual x, double value, double slope) => new(value, slope * x.Derivative);

    private static Dual Choose(Dual[] x, bool first, bool tie) =>
        tie ? new(x[0].Value, (x[0].Derivative + x[1].Derivative) / 2) : first ? x[0] : x[1];
}
