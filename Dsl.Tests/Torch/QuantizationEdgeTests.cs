using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>What quantizers trip over, for every scheme: zeros, equal weights, signs of zero, subnormal and huge numbers, no numbers, single weights.</summary>
public sealed class QuantizationEdgeTests
{
    private const int Rows = 5;
    private const int Columns = 6;

    public QuantizationEdgeTests() => random.manual_seed(11);

    public static TheoryData<string> Names => [.. EdgeLayers.All.Keys];

    /// <summary>But for Pact, which rounds inputs only.</summary>
    [Fact]
    public void No_scheme_is_left_out() =>
        Assert.Equal(Enum.GetValues<Scheme>().Where(scheme => scheme != Scheme.Pact), EdgeLayers.All.Values.Select(layer => layer.Scheme).Distinct().Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_of_zeros_is_zero_whatever_the_others_are(string name)
    {
        var weight = randn(Rows, Columns);
        weight[2] = 0;
        var folded = Folded(name, weight);
        Assert.All(folded.Skip(2 * Columns).Take(Columns), value => Assert.Equal(0f, value));
        Assert.Contains(folded, value => value != 0);
        Assert.All(Folded(name, zeros(Rows, Columns)), value => Assert.Equal(0f, value));
    }

    /// <summary>Nothing is divided by a range or a deviation of zero: what is rounded stays as near as the grid is coarse.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_weights_stay_equal_and_near(string name)
    {
        foreach (var value in new[] { 0.3f, -0.3f, 1f, -5f, 1e-3f })
        {
            var folded = Folded(name, full(Rows, Columns, value));
            Assert.Single(folded.Distinct());
            Assert.InRange(folded[0] / (IsNormalized(name) ? Math.Sign(value) : value), 0.5f, 1.5f);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_sign_of_zero_does_not_matter(string name)
    {
        var weight = randn(Rows, Columns);
        weight[1, 3] = 0.0;
        var other = weight.clone();
        other[1, 3] = -0.0;
        Assert.True(double.IsNegative(other[1, 3].item<float>()));
        Assert.Equal(Codes(name, weight), Codes(name, other));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Subnormal_weights_and_scales_that_underflow_give_numbers(string name)
    {
        var limit = IsNormalized(name) ? 1.001f : 1e-37f;
        Assert.All(Folded(name, full(Rows, Columns, 1e-42f)), value => Assert.InRange(value, -limit, limit));
        Assert.All(Folded(name, 1e-39f * randn(Rows, Columns)), value => Assert.InRange(value, -limit, limit));
        var weight = randn(Rows, Columns);
        weight[0, 0] = 1e-42f;
        weight[0, 1] = -1e-42f;
        Assert.All(Folded(name, weight), value => Assert.InRange(value, -20f, 20f));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Huge_weights_give_numbers(string name) =>
        Assert.All(Folded(name, 1e36f * randn(Rows, Columns)), value => Assert.InRange(value, -1e38f, 1e38f));

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_and_folded_form_agree_on_rows_of_every_kind(string name)
    {
        var weight = randn(Rows, Columns);
        weight[0] = 0;
        weight[1] = 0.25;
        weight[2] = tensor([-1f, 1f, 0f, -0f, 0.5f, -0.5f]);
        weight[3] = weight[3] * 1e-30;
        var layer = Made(name, 0, weight);
        Agree(layer, randn([4, Columns]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_row_and_one_weight_are_weights_too(string name)
    {
        foreach (var (shape, columns) in new[] { (1, 7), (2, 1) })
        {
            foreach (var value in new[] { -2f, -0.1f, 0f, 1f, 3e-5f })
            {
                var layer = Made(name, shape, value * ones(1, columns));
                Agree(layer, randn([3, columns]));
                var limit = 1.5f * (IsNormalized(name) ? Math.Sign(value) : value);
                Assert.InRange(Numbers(Weight(layer))[0], Math.Min(0, limit), Math.Max(0, limit));
            }

            Agree(Made(name, shape, randn(1, columns)), randn([3, columns]));
        }
    }

    /// <summary>The exception names layer, tensor and place; neither weights nor an earlier folded layer change.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_that_are_no_numbers_are_refused_before_anything_changes(string name)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var layer = Made(name, 0, randn(Rows, Columns));
            var before = layer.state_dict().ToDictionary(pair => pair.Key, pair => Numbers(pair.Value));
            var wrong = randn(Rows, Columns);
            wrong[2, 1] = value;
            Assert.Throws<NonFiniteWeightException>(() => layer.LoadWeight(wrong));
            Assert.All(layer.state_dict(), pair => Assert.Equal(before[pair.Key], Numbers(pair.Value)));

            var parameter = layer.named_parameters().First(pair => pair.name == "weight").parameter;
            using (no_grad())
            {
                parameter[2, 1] = value;
            }

            before = layer.state_dict().ToDictionary(pair => pair.Key, pair => Numbers(pair.Value));
            var error = Assert.Throws<NonFiniteWeightException>(layer.Fold);
            Assert.Contains("weight", error.Message, StringComparison.Ordinal);
            Assert.Throws<NonFiniteWeightException>(() => layer.FoldTorch());
            Assert.Throws<NonFiniteWeightException>(() => layer.FoldLayer());
            Assert.All(layer.state_dict(), pair => Assert.Equal(before[pair.Key], Numbers(pair.Value)));
        }
    }

    /// <summary>Ties: half a step between whole codes, with a largest weight that makes the scale 1.</summary>
    [Fact]
    public void Ties_go_to_even_where_steps_are_equal()
    {
        var weight = tensor([127f, 0.5f, 1.5f, -0.5f, -1.5f, -2.5f]).expand(Rows, Columns);
        Assert.Equal([127f, 0f, 2f, 0f, -2f, -2f], Folded("Uniform8", weight).Take(Columns));
        weight = tensor([126f, 2.5f, 3.5f, -3.5f, -4.5f, 127f]).expand(Rows, Columns);
        Assert.Equal([126f, 2f, 4f, -4f, -4f, 127f], Folded("Uniform8", weight).Take(Columns));
    }

    [Fact]
    public void Ties_of_small_floats_go_to_even_patterns()
    {
        var weight = tensor([6f, 2.5f, 5f, -0.25f, 0.75f, -3.5f]).expand(Rows, Columns);
        Assert.Equal([6f, 2f, 4f, 0f, 1f, -4f], Folded("Fp4E2M1", weight).Take(Columns));
        weight = tensor([448f, 17f, 19f, -17f, 0.0009765625f, 0.0029296875f]).expand(Rows, Columns); // 16, 18, 20 are values; so are 0, 1, 2 times 2⁻⁹.
        Assert.Equal([448f, 16f, 20f, -16f, 0f, 0.00390625f], Folded("Fp8E4M3", weight).Take(Columns));
    }

    [Fact]
    public void Ties_of_quantiles_go_down_and_a_zero_has_a_positive_half_step()
    {
        var weight = tensor([1f, 0.03979014977812767f, 0f, 0.0397902f, 0.03979f, -1f]).expand(Rows, Columns);
        Assert.Equal([1f, 0f, 0f, 0.07958029955625534f, 0f, -1f], Folded("Nf4", weight).Take(Columns));
        var halves = Folded("StatsQ4", tensor([1f, -1f, 1f, -1f, 0f, 0f]).expand(Rows, Columns));
        Assert.True(halves[4] > 0 && halves[4] == halves[5]);
    }

    [Theory]
    [InlineData("Uniform1")]
    [InlineData("StatsQ1")]
    [InlineData("Binary1")]
    public void One_bit_has_two_levels_of_opposite_signs(string name)
    {
        var weight = randn(Rows, Columns);
        weight[0, 2] = 0;
        weight.select(1, 4).fill_(1);
        weight.select(1, 5).fill_(-1);
        weight[1, 1] = -9; // Far outside of the mean: with one bit a tie below the range would be a third level.
        weight[1, 2] = 9;
        foreach (var (row, given) in Folded(name, weight).Chunk(Columns).Zip(Numbers(weight).Chunk(Columns)))
        {
            Assert.Equal(2, row.Distinct().Count());
            Assert.Equal(-row.Min(), row.Max());
            Assert.All(row.Zip(given), pair => Assert.Equal(pair.Second >= 0, pair.First > 0));
            Assert.Equal(given.Average(Math.Abs), row.Max(), 1e-5f);
        }
    }

    /// <summary>DoReFa's weights reach from -1 to 1, whatever the stored ones are.</summary>
    private static bool IsNormalized(string name) => EdgeLayers.All[name].Scheme == Scheme.DoReFa;

    private static Layer Made(string name, int shape, Tensor weight)
    {
        var layer = EdgeLayers.All[name].Shapes[shape]();
        layer.LoadWeight(weight);
        return layer;
    }

    /// <summary>Both forms within the certificate's bound, which scales with the weights.</summary>
    private static void Agree(Layer layer, Tensor x)
    {
        using var noGradient = no_grad();
        var y = layer.forward(x);
        var bound = layer.RoundingBound(x.abs().to_type(float64), zeros_like(x, float64));
        var folded = new float[y.numel()];
        ((FoldedLinear)layer.Fold()).Forward(Numbers(x), folded, (int)x.shape[0]);
        Assert.All(Numbers(y).Zip(folded).Zip(bound.reshape(-1).data<double>()), item => Assert.InRange(Math.Abs((double)item.First.First - item.First.Second), 0, item.Second + 1e-37));
    }

    private static float[] Folded(string name, Tensor weight) => Numbers(Weight(Made(name, 0, weight)));

    private static Tensor Weight(Layer layer) => ((TorchSharp.Modules.Linear)layer.FoldTorch()).weight!;

    private static byte[] Codes(string name, Tensor weight) => ((FoldedLinear)Made(name, 0, weight).Fold()).Quantized!.Codes.Bytes.ToArray();

    private static float[] Numbers(Tensor tensor) => tensor.detach().to_type(float32).reshape(-1).data<float>().ToArray();
}
