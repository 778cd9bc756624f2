using CsCheck;

namespace LayerDsl.Tests.Core.Folded;

public class ActivationsTests
{
    private static readonly Gen<float[]> Inputs = Gen.Float[-12f, 12f].Array[0, 70];

    public delegate void Activation(ReadOnlySpan<float> x, Span<float> y);

    public static TheoryData<string> Names => ["relu", "gelu", "gelu_tanh", "sigmoid", "tanh"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Activations_equal_their_double_precision_formula_at_any_length(string name)
    {
        var (activation, formula) = Case(name);
        Inputs.Sample(
            x =>
            {
                var y = new float[x.Length];
                activation(x, y);
                for (var i = 0; i < x.Length; i++)
                {
                    Values.Close(formula(x[i]), y[i], 1e-6, $"{name}({x[i]:R})");
                }
            },
            iter: 300);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Activations_work_in_place_with_the_same_bits(string name)
    {
        var activation = Case(name).Activation;
        Inputs.Sample(
            x =>
            {
                var y = new float[x.Length];
                activation(x, y);
                activation(x, x);
                Assert.Equal(y, x);
            },
            iter: 100);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NaN_stays_NaN_at_every_place_and_touches_no_neighbour(string name)
    {
        var activation = Case(name).Activation;
        for (var place = 0; place < 35; place++)
        {
            var x = Enumerable.Repeat(1f, 35).ToArray();
            x[place] = float.NaN;
            activation(x, x);
            Assert.All(x, (value, i) => Assert.Equal(i == place, float.IsNaN(value)));
        }
    }

    [Theory]
    [InlineData("relu", 0, float.PositiveInfinity)]
    [InlineData("gelu", 0, float.PositiveInfinity)]
    [InlineData("gelu_tanh", 0, float.PositiveInfinity)]
    [InlineData("sigmoid", 0, 1)]
    [InlineData("tanh", -1, 1)]
    public void At_infinity_activations_have_their_limits(string name, float atMinus, float atPlus)
    {
        float[] y = [float.NegativeInfinity, float.PositiveInfinity, -1000f, 1000f];

        Case(name).Activation(y, y);

        Assert.Equal([atMinus, atPlus, atMinus, Math.Min(atPlus, 1000f)], y);
    }

    // erf from Abramowitz and Stegun, table 7.1, to ten digits; gelu(x) = x (1 + erf(x/√2)) / 2 turned round.
    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.1, 0.1124629160)]
    [InlineData(0.5, 0.5204998778)]
    [InlineData(1.0, 0.8427007929)]
    [InlineData(1.5, 0.9661051465)]
    [InlineData(2.0, 0.9953222650)]
    public void Gelu_agrees_with_published_values_of_erf(double z, double erf)
    {
        var x = (float)(z * Math.Sqrt(2));
        float[] y = [x, -x];

        Activations.Gelu(y, y);

        Values.Close(0.5 * x * (1 + erf), y[0], 5e-7, "positive");
        Values.Close(-0.5 * x * (1 - erf), y[1], 5e-7, "negative");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lengths_that_differ_and_shifted_overlap_are_refused(string name)
    {
        var activation = Case(name).Activation;
        var memory = new float[9];

        var length = Assert.Throws<LayerShapeException>(() => activation(memory, new float[8]));
        var overlap = Assert.Throws<LayerShapeException>(() => activation(memory.AsSpan(0, 8), memory.AsSpan(1, 8)));

        Assert.Equal(("9", "8"), (length.Expected, length.Actual));
        Assert.Contains("shifted", overlap.Actual, StringComparison.Ordinal);
    }

    private static (Activation Activation, Func<double, double> Formula) Case(string name) => name switch
    {
        "relu" => (Activations.Relu, x => Math.Max(x, 0)),
        "gelu" => (Activations.Gelu, x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))),
        "gelu_tanh" => (Activations.GeluTanh, x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        "sigmoid" => (Activations.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
        "tanh" => (Activations.Tanh, Math.Tanh),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such activation"),
    };

    /// <summary>erf z = 2/√π · e^(−z²) Σ 2ⁿ z^(2n+1) / (1·3·…·(2n+1)): all terms of one sign, so no cancellation (Abramowitz and Stegun 7.1.6).</summary>
    private static double Erf(double z)
    {
        if (Math.Abs(z) > 6)
        {
            return Math.Sign(z);
        }

        double term = z, sum = z;
        for (var n = 1; n < 200; n++)
        {
            term *= 2 * z * z / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum;
    }
}
