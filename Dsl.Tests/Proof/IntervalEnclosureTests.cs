using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;

namespace LayerDsl.Tests.Proof;

/// <summary>A refutation is true only if every enclosure holds the real value: each function against arithmetic with 420 binary digits.</summary>
public class IntervalEnclosureTests
{
    private const int Rounds = 400;

    /// <summary>Wider than that, relative to its value, an enclosure of a point would leave little to compare.</summary>
    private const double Tight = 1e-11;

    private static readonly FixedPoint Slack = FixedPoint.Of(1e-115);

    public static TheoryData<string, double, double> Functions => new()
    {
        { nameof(Function.Sqrt), 1e-50, 1e6 },
        { nameof(Function.Exp), 1e-50, 80 },
        { nameof(Function.Exp2), 1e-50, 100 },
        { nameof(Function.Log), 1e-50, 1e9 },
        { nameof(Function.Log2), 1e-50, 1e9 },
        { nameof(Function.Sin), 1e-10, 50 },
        { nameof(Function.Cos), 1e-10, 50 },
        { nameof(Function.Atan), 1e-50, 1e6 },
        { nameof(Function.Tanh), 1e-50, 40 },
        { nameof(Function.Atanh), 1e-50, 0.999999 },
        { nameof(Function.Erf), 1e-50, 7 },
        { nameof(Function.Abs), 1e-50, 1e9 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void An_enclosure_of_a_function_holds_its_value(string name, double least, double largest)
    {
        var function = Enum.Parse<Function>(name);
        var arithmetic = new IntervalArithmetic();
        var random = new Random(name.Length);
        for (var round = 0; round < Rounds; round++)
        {
            var x = Magnitude(random, least, largest) * (function is Function.Sqrt or Function.Log or Function.Log2 || random.Next(2) == 0 ? 1 : -1);
            var exact = FixedPoint.Apply(function, FixedPoint.Of(x));
            var point = arithmetic.Apply(function, [IntervalArithmetic.Exact(x)]);
            Contains(point, exact, $"{name}({x:R})");
            Assert.True(point.High - point.Low <= Tight * Math.Max(Math.Abs(point.Middle), function is Function.Sin or Function.Cos ? 1 : 0), $"{name}({x:R}) is enclosed by {point}");
            var width = Math.Abs(x) * Math.Pow(10, random.Next(-15, -1));
            Contains(arithmetic.Apply(function, [new Interval(x - (width * random.NextDouble()), Math.Min(x + (width * random.NextDouble()), largest))]), exact, $"{name} around {x:R}");
        }
    }

    [Fact]
    public void The_enclosures_of_sums_products_and_quotients_hold_their_values()
    {
        var arithmetic = new IntervalArithmetic();
        var random = new Random(7);
        for (var round = 0; round < 10 * Rounds; round++)
        {
            var (a, b) = (Magnitude(random, 1e-20, 1e12) * (random.Next(2) == 0 ? 1 : -1), Magnitude(random, 1e-20, 1e12) * (random.Next(2) == 0 ? 1 : -1));
            var (x, y) = (FixedPoint.Of(a), FixedPoint.Of(b));
            var (p, q) = (Around(a, random), Around(b, random));
            Contains(arithmetic.Add(p, q), x + y, $"{a:R} + {b:R}");
            Contains(arithmetic.Multiply(p, q), x * y, $"{a:R} · {b:R}");
            Contains(arithmetic.Apply(Function.Divide, [p, q]), x / y, $"{a:R} / {b:R}");
        }
    }

    [Fact]
    public void A_tangent_is_enclosed_away_from_its_poles()
    {
        var arithmetic = new IntervalArithmetic();
        var random = new Random(11);
        for (var round = 0; round < Rounds; round++)
        {
            var x = (random.NextDouble() - 0.5) * 3;
            Contains(arithmetic.Apply(Function.Tan, [IntervalArithmetic.Exact(x)]), FixedPoint.Apply(Function.Tan, FixedPoint.Of(x)), $"tan({x:R})");
        }
    }

    private static Interval Around(double value, Random random) =>
        random.Next(2) == 0 ? IntervalArithmetic.Exact(value) : new(value - (Math.Abs(value) * random.NextDouble() / 2), value + (Math.Abs(value) * random.NextDouble() / 2));

    private static void Contains(Interval enclosure, FixedPoint value, string what) => Assert.False(
        FixedPoint.Of(enclosure.Low) > value + Slack || FixedPoint.Of(enclosure.High) < value - Slack, $"{what} is not in {enclosure}");

    /// <summary>Every order of magnitude is as likely.</summary>
    private static double Magnitude(Random random, double least, double largest) => Math.Exp(Math.Log(least) + (random.NextDouble() * (Math.Log(largest) - Math.Log(least))));
}
