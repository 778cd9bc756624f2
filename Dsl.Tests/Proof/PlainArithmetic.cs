using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;

namespace LayerDsl.Tests.Proof;

/// <summary>Double precision, rounded to float32 after every operation where asked: the tests' own reference.</summary>
internal sealed class PlainArithmetic(bool single) : Arithmetic<double>
{
    public override double Number(Rational value) => Rounded(value.ToDouble());

    public override double Add(double a, double b) => Rounded(a + b);

    public override double Multiply(double a, double b) => Rounded(a * b);

    public override double Largest(IReadOnlyList<double> values) => values.Max();

    public override double Pivot(double x) => Math.Abs(x);

    public override double Nearest(Codebook levels, double x) => Enumerable.Range(0, levels.Levels.Count)
        .MinBy(k => (Math.Abs(levels.Levels[k].ToDouble() - x), levels.Ties == Ties.Even ? k % 2 : 0, k));

    public override double At(Codebook levels, double number) => levels.Levels[(int)Math.Clamp(Math.Floor(number), 0, levels.Last)].ToDouble();

    public override double Apply(Function function, double[] x) => Rounded(function switch
    {
        Function.Divide => x[0] / x[1],
        Function.Sqrt => Math.Sqrt(x[0]),
        Function.Exp => Math.Exp(x[0]),
        Function.Log => Math.Log(x[0]),
        Function.Atan => Math.Atan(x[0]),
        Function.Tanh => Math.Tanh(x[0]),
        Function.Abs => Math.Abs(x[0]),
        Function.Sign => Math.Sign(x[0]),
        Function.Max => Math.Max(x[0], x[1]),
        Function.Min => Math.Min(x[0], x[1]),
        Function.Round => Math.Round(x[0], MidpointRounding.ToEven),
        Function.GreaterOrEqual => x[0] >= x[1] ? 1 : 0,
        Function.Greater => x[0] > x[1] ? 1 : 0,
        Function.Select => x[0] != 0 ? x[1] : x[2],
        _ => throw new UndefinedValueException("not needed in these tests: " + function),
    });

    private double Rounded(double value) => single ? (float)value : value;
}
