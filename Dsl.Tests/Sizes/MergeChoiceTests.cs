using System.Reflection;
using System.Runtime.CompilerServices;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Sizes;

/// <summary>
/// Terms of low rank as branches and merged into the weight: which of both runs, and that both are the layer. Which one ran is told by the bits of the
/// output, which are those of the one formula and not of the other; the number of rows is counted here from the products of both.
/// </summary>
public sealed class MergeChoiceTests
{
    /// <summary>Float32 sums of at most 200 products, against the same in float64.</summary>
    private const double Tolerance = 2e-5;

    private const double Scale = 1.5;

    private const string Source = """
        [Linear(40, 24), LowRank(4, Alpha = 6)] public sealed partial class Numbers;
        [Linear(40, 24), LowRank(4, Alpha = 6, Freeze = true)] public sealed partial class Frozen;
        [Linear("inputs", "outputs"), LowRank(2, Alpha = 3)] public sealed partial class Sized { public partial Sized(int inputs, long outputs); }
        [Linear("n", "m", Bias = false), LowRank(2, Alpha = 3)] public sealed partial class Unbiased { public partial Unbiased(int n, int m); }
        [Conv2d("channels", 6, 3, Padding = 1, Stride = 2), LowRank(2, Alpha = 3)] public sealed partial class Kernel { public partial Kernel(int channels); }
        [Linear(40, 24), Compander, LowRank(4)] public sealed partial class Curved;
        [Linear(40, 24), Quantize(Bits = 4), LowRank(4)] public sealed partial class Coded;
        """;

    private static readonly Lazy<Assembly> Compiled = new(() =>
    {
        var run = GeneratorRun.Of(Source);
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
        var assembly = run.Load();
        RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle);
        return assembly;
    });

    /// <summary>With numbers x·A is kept for the backward pass; with sizes of a constructor it is computed there again.</summary>
    [Theory]
    [InlineData("Numbers", 40, 24, 6)]
    [InlineData("Sized", 40, 24, 7)]
    [InlineData("Sized", 7, 90, 7)]
    [InlineData("Sized", 2, 2, 7)]
    public void A_trained_weight_takes_the_term_in_from_the_rows_on_where_that_has_no_more_operations(string name, int inputs, int outputs, int products)
    {
        random.manual_seed(11);
        using var layer = name == "Sized" ? Make(name, inputs, (long)outputs) : Make(name);
        Disturb(layer);
        var from = Enumerable.Range(1, 1000).First(rows => 4L * inputs * outputs <= rows * ((3L * (inputs + outputs)) + (products == 7 ? inputs : 0)));
        foreach (var (rows, merges) in new[] { (from - 1, false), (from, true), (3 * from, true) }.Where(pair => pair.Item1 > 0))
        {
            var x = randn(rows, inputs);
            using var noGradient = no_grad();
            var (branch, merged) = (Branch(layer, x), Merged(layer, x));
            AssertBits(merges ? merged : branch, layer.forward(x));
            AssertBits(merges ? merged : branch, layer.forward(x.view(1, rows, inputs)).view(rows, outputs));
            if (inputs > 2)
            {
                Assert.False(merged.equal(branch).all().item<bool>(), "Both ways have the same bits here, so that this test would see nothing.");
            }
        }
    }

    [Theory]
    [InlineData("Numbers")]
    [InlineData("Frozen")]
    public void A_frozen_weight_keeps_the_branch_and_gets_no_gradient(string name)
    {
        random.manual_seed(12);
        using var layer = Make(name);
        Disturb(layer);
        layer.get_parameter("weight")!.requires_grad_(false);
        var x = randn(500, 40);
        using (no_grad())
        {
            AssertBits(Branch(layer, x), layer.forward(x));
        }

        AssertGradients(layer, x, frozen: true);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(300)]
    public void Both_ways_have_the_values_and_gradients_of_the_formula(int rows)
    {
        random.manual_seed(13);
        foreach (var (layer, inputs) in new[] { (Make("Numbers"), 40), (Make("Sized", 30, 50L), 30), (Make("Unbiased", 21, 11), 21), (Make("Curved"), 40), (Make("Coded"), 40) })
        {
            using (layer)
            {
                Disturb(layer);
                var x = randn(rows, inputs);
                if (layer.GetType().Name is not ("Curved" or "Coded"))
                {
                    AssertGradients(layer, x, frozen: false);
                }

                layer.eval();
                using var noGradient = no_grad();
                var magnitude = x.abs().to_type(float64);
                var error = (layer.forward(x).to_type(float64) - layer.FoldLayer().forward(x).to_type(float64)).abs();
                Assert.True((error <= layer.RoundingBound(magnitude, zeros_like(magnitude))).all().item<bool>(), "The fold is outside of the certificate's bound.");
            }
        }
    }

    [Fact]
    public void A_convolution_counts_the_positions_of_its_output()
    {
        random.manual_seed(14);
        using var layer = Make("Kernel", 5);
        Disturb(layer);

        // 4 · 6 · 45 operations a pass against 3 · (45 + 6) + 45 a position: from 6 positions on; images of 3 × 3 have 4.
        foreach (var (images, side, merges) in new[] { (1, 3, false), (2, 3, true), (1, 4, false), (1, 5, true) })
        {
            var x = randn(images, 5, side, side);
            using (no_grad())
            {
                var (weight, bias) = (layer.get_parameter("weight")!, layer.get_parameter("bias")!);
                var whole = weight + einsum("or,rcuv->ocuv", Up(layer), Down(layer)) * Scale;
                var merged = nn.functional.conv2d(x, whole, strides: [2, 2], padding: [1, 1]) + bias.unsqueeze(1).unsqueeze(2);
                Assert.Equal(merges, layer.forward(x).equal(merged).all().item<bool>());
            }

            AssertGradients(layer, x, frozen: false);
        }
    }

    [Fact]
    public void Gradients_of_gradients_go_through_a_merged_weight()
    {
        random.manual_seed(15);
        using var layer = Make("Numbers");
        Disturb(layer);
        var x = randn(200, 40).requires_grad_();
        var parameters = layer.named_parameters().Where(pair => pair.name != "bias").Select(pair => (Tensor)pair.parameter).ToArray();
        var actual = Second(layer.forward(x));
        var expected = Second(Branch(layer, x));
        Assert.All(expected.Zip(actual), pair => AssertClose(pair.First, pair.Second));

        IList<Tensor> Second(Tensor y)
        {
            var first = autograd.grad([y.square().sum()], [x, .. parameters], retain_graph: true, create_graph: true);
            return autograd.grad([first.Select(gradient => gradient.pow(3).mean()).Aggregate((sum, next) => sum + next)], [x, .. parameters]);
        }
    }

    [Fact]
    public void The_certificate_says_from_where_on_and_what_each_costs()
    {
        Assert.Contains("the term of low rank is a branch below 20 rows:", Certificate("Numbers"), StringComparison.Ordinal);
        Assert.Contains("16·Inputs·Outputs / (16·Inputs + 12·Outputs) rows, a number that the constructor computes:", Certificate("Sized"), StringComparison.Ordinal);
        Assert.Contains("output positions, a number that the constructor computes:", Certificate("Kernel"), StringComparison.Ordinal);
        Assert.Contains("is a branch where the weight is frozen: 14 FLOPs", GeneratorRun.Of("[Linear(1, 1), LowRank(1)] public sealed partial class One;").File("One.g.cs"), StringComparison.Ordinal);
        Assert.All(["Frozen", "Curved", "Coded"], name => Assert.Contains("is a branch whatever the batch:", Certificate(name), StringComparison.Ordinal));
    }

    private static string Certificate(string name) => (string)Compiled.Value.GetType(name)!.GetField("Certificate")!.GetRawConstantValue()!;

    private static Layer Make(string name, params object[] sizes) => (Layer)Activator.CreateInstance(Compiled.Value.GetType(name)!, sizes)!;

    /// <summary>B starts at zero, where nothing could be seen of the term.</summary>
    private static void Disturb(Layer layer)
    {
        using var noGradient = no_grad();
        foreach (var (_, parameter) in layer.named_parameters())
        {
            parameter.add_(randn(parameter.shape), 0.2);
        }
    }

    private static Tensor Down(Layer layer) => layer.get_parameter("lora_A")!;

    private static Tensor Up(Layer layer) => layer.get_parameter("lora_B")!;

    private static Tensor Branch(Layer layer, Tensor x) =>
        layer.get_parameter("bias")!.addmm(x, layer.get_parameter("weight")!.t()).addmm(x.matmul(Down(layer).t()), Up(layer).t(), beta: 1, alpha: (float)Scale);

    private static Tensor Merged(Layer layer, Tensor x) =>
        layer.get_parameter("bias")!.addmm(x, layer.get_parameter("weight")!.addmm(Up(layer), Down(layer), beta: 1, alpha: (float)Scale).t());

    /// <summary>The formula in float64, through TorchSharp's own autograd.</summary>
    private static void AssertGradients(Layer layer, Tensor x, bool frozen)
    {
        layer.zero_grad();
        var named = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        var exact = named.ToDictionary(pair => pair.Key, pair => pair.Value.detach().to_type(float64).requires_grad_(!frozen || pair.Key != "weight"));
        var (one, two) = (x.to_type(float64).requires_grad_(), x.clone().requires_grad_());
        var whole = exact["weight"];
        foreach (var (up, down) in exact.Keys.Where(name => name.StartsWith("lora_B", StringComparison.Ordinal)).Select(name => (exact[name], exact[name.Replace('B', 'A')])))
        {
            whole = whole + (up.matmul(down.flatten(1)).view(whole.shape) * Scale);
        }

        var bias = exact.GetValueOrDefault("bias");
        var y = x.dim() == 4 ? nn.functional.conv2d(one, whole, bias, strides: [2, 2], padding: [1, 1]) : nn.functional.linear(one, whole, bias);
        AssertClose(y, layer.forward(two));
        y.square().sum().backward();
        layer.forward(two).square().sum().backward();
        AssertClose(one.grad!, two.grad!);
        foreach (var (name, parameter) in named)
        {
            if (frozen && name == "weight")
            {
                Assert.True(parameter.grad is null);
                continue;
            }

            AssertClose(exact[name].grad!, parameter.grad!);
        }
    }

    private static void AssertBits(Tensor expected, Tensor actual) => Assert.True(expected.equal(actual).all().item<bool>(), "Not the bits of the expected way.");

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var wanted = expected.to_type(float64);
        var distance = (wanted - actual.to_type(float64)).abs().max().item<double>();
        Assert.True(distance <= Tolerance * Math.Max(1, wanted.abs().max().item<double>()), $"{distance} of {wanted.abs().max().item<double>()}");
    }
}
