using LayerDsl.Simd;

namespace LayerDsl.Tests.Core.Simd;

/// <summary>The elementary functions against double precision: numbers of every exponent and sign, and what is no number.</summary>
public sealed class VectorMathTests
{
    /// <summary>The largest error that the documentation promises, in units in the last place of the result.</summary>
    public static TheoryData<string, double> Functions => new() { { "Exp", 1.5 }, { "Exp2", 1.5 }, { "Log", 1.5 }, { "Log2", 2 }, { "Tanh", 2 }, { "Atan", 2 } };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Errors_stay_below_what_is_documented_over_all_exponents(string function, double bound)
    {
        var (worst, at) = (0.0, 0f);
        foreach (var x in Samples())
        {
            var (actual, expected) = (One<Floats1>(function, x), Exact(function, x));
            if (float.IsFinite((float)expected) && ErrorOf(actual, expected) is var error && !(error <= worst))
            {
                (worst, at) = (error, x);
            }
        }

        Assert.True(worst <= bound, $"{function}({at:R}) is {worst} units off");
    }

    /// <summary>The widths compute with the same operations; where hardware has no fused ones all of them round twice.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_width_gives_the_same_bits(string function, double bound)
    {
        _ = bound;
        foreach (var x in Samples().Where((_, k) => k % 97 == 0))
        {
            var one = BitConverter.SingleToInt32Bits(One<Floats1>(function, x));
            Assert.Equal(one, BitConverter.SingleToInt32Bits(One<Floats4>(function, x)));
            Assert.Equal(one, BitConverter.SingleToInt32Bits(One<Floats8>(function, x)));
            Assert.Equal(one, BitConverter.SingleToInt32Bits(One<Floats16>(function, x)));
        }
    }

    [Theory]
    [InlineData("Exp", float.NegativeInfinity, 0f)]
    [InlineData("Exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Exp", 89f, float.PositiveInfinity)]
    [InlineData("Exp", -104f, 0f)]
    [InlineData("Exp", 0f, 1f)]
    [InlineData("Exp2", -149f, float.Epsilon)]
    [InlineData("Exp2", -151f, 0f)]
    [InlineData("Exp2", 128f, float.PositiveInfinity)]
    [InlineData("Exp2", 127f, 1.7014118E+38f)]
    [InlineData("Log", 0f, float.NegativeInfinity)]
    [InlineData("Log", 1f, 0f)]
    [InlineData("Log", -1f, float.NaN)]
    [InlineData("Log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Log2", float.Epsilon, -149f)]
    [InlineData("Log2", 1.7014118E+38f, 127f)]
    [InlineData("Log2", 0f, float.NegativeInfinity)]
    [InlineData("Log2", float.NegativeInfinity, float.NaN)]
    [InlineData("Tanh", float.PositiveInfinity, 1f)]
    [InlineData("Tanh", float.NegativeInfinity, -1f)]
    [InlineData("Tanh", float.Epsilon, float.Epsilon)]
    [InlineData("Atan", float.PositiveInfinity, 1.5707964f)]
    [InlineData("Atan", float.NegativeInfinity, -1.5707964f)]
    [InlineData("Atan", -1f, -0.7853982f)]
    public void Ends_are_exact(string function, float x, float expected)
    {
        Assert.Equal(expected, One<Floats1>(function, x), ErrorOf);
        Assert.Equal(float.NaN, One<Floats1>(function, float.NaN));
        Assert.Equal(float.NaN, One<Floats16>(function, float.NaN));

        static bool ErrorOf(float a, float b) => a.Equals(b) || MathF.Abs(a - b) <= MathF.BitIncrement(MathF.Abs(a)) - MathF.Abs(a);
    }

    /// <summary>Every exponent with many significands, both signs, subnormal numbers among them.</summary>
    private static IEnumerable<float> Samples()
    {
        for (var bits = 0L; bits <= uint.MaxValue; bits += 2477)
        {
            if (BitConverter.Int32BitsToSingle((int)bits) is var x && !float.IsNaN(x))
            {
                yield return x;
            }
        }
    }

    private static double ErrorOf(float actual, double expected)
    {
        var nearest = MathF.Abs((float)expected);
        return Math.Abs(actual - expected) / (MathF.BitIncrement(nearest) - nearest);
    }

    private static double Exact(string function, double x) => function switch
    {
        "Exp" => Math.Exp(x),
        "Exp2" => Math.Pow(2, x),
        "Log" => Math.Log(x),
        "Log2" => Math.Log2(x),
        "Tanh" => Math.Tanh(x),
        _ => Math.Atan(x),
    };

    private static float One<V>(string function, float x)
        where V : struct, IVector<V>
    {
        var value = V.Of(x);
        return (function switch
        {
            "Exp" => VectorMath.Exp(value),
            "Exp2" => VectorMath.Exp2(value),
            "Log" => VectorMath.Log(value),
            "Log2" => VectorMath.Log2(value),
            "Tanh" => VectorMath.Tanh(value),
            _ => VectorMath.Atan(value),
        }).First();
    }
}
