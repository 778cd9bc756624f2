using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Loops;

/// <summary>
/// The two ways through a layer's pass, on the same tensors. Both compute one formula in float32 and differ by their elementary functions and the order of their sums:
/// a few units in the last place of each weight. Weights that lie that near to the border of two codes could differ by a step; with these seeds none does.
/// </summary>
public sealed class LoopPassTests
{
    /// <summary>A hundred units in the last place of the largest number: products sum up to 131 terms.</summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<Type> Layers => [.. typeof(LoopLayers).GetNestedTypes()];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Loops_and_composed_operations_give_the_same_values_and_gradients(Type type)
    {
        var (pass, inputs) = Prepare(type);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kept = new List<Tensor>();
        var composed = (Tensor)Call(pass, "Output", (object)inputs)!;
        var inLoops = (Tensor)Call(pass, "LoopOutput", inputs, kept)!;
        AssertNear(composed, inLoops, "output");

        var gradient = randn_like(composed);
        var expected = (Tensor?[])Call(pass, "Gradients", inputs, gradient)!;
        var actual = (Tensor?[])Call(pass, "LoopGradients", inputs, kept, gradient)!;
        Assert.Equal(expected.Length, actual.Length);
        foreach (var ((wanted, found), k) in expected.Zip(actual).Select((pair, k) => (pair, k)))
        {
            Assert.Equal(wanted is null, found is null);
            if (wanted is not null)
            {
                AssertNear(wanted, found!, "gradient " + k);
            }
        }
    }

    /// <summary>The same codes in training and in the folded layer: both are made by the same loops.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void The_fold_is_the_weight_of_the_training_pass(Type type)
    {
        var layer = Make(type);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var x = InputOf(type);
        var bound = layer.RoundingBound(x.to_type(float64).abs(), zeros_like(x, float64));
        var difference = (layer.forward(x).to_type(float64) - layer.FoldTorch().forward(x).to_type(float64)).abs();
        Assert.True((difference <= bound).all().item<bool>());
    }

    /// <summary>Doubles, and tensors with gaps, have no loops: the composed operations take them.</summary>
    [Fact]
    public void Other_types_and_layouts_take_the_composed_operations()
    {
        var layer = new LoopLayers.CompandedUniform();
        using var scope = NewDisposeScope();
        var x = randn(5, 131);
        var expected = layer.forward(x);
        layer.to(float64);
        AssertNear(expected.to_type(float64), layer.forward(x.to_type(float64)), "doubles");
        Assert.False(Autograd.TensorLoop.Fits(randn(4, 3).t()));
        Assert.False(Autograd.TensorLoop.Fits(randn([4, 3], float64)));
        Assert.True(Autograd.TensorLoop.Fits(randn(4, 3)));
    }

    /// <summary>A gradient that comes out of loops is no part of a graph: where one is asked for, it is computed otherwise.</summary>
    [Fact]
    public void A_gradient_of_a_gradient_takes_the_composed_operations()
    {
        var layer = new LoopLayers.Arctan();
        var v = layer.named_parameters().First(pair => pair.name == "v").parameter;
        var x = randn(5, 37);
        var first = autograd.grad([layer.forward(x).square().sum()], [v], create_graph: true)[0];
        var second = autograd.grad([first.square().sum()], [v])[0];
        Assert.True(second.abs().sum().item<float>() > 0);
    }

    /// <summary>The engine takes the gradient over as it is, and a second pass adds to it.</summary>
    [Fact]
    public void Gradients_of_two_passes_add_up()
    {
        var layer = new LoopLayers.CompandedUniform();
        var x = randn(5, 131);
        layer.forward(x).sum().backward();
        var once = layer.parameters().Select(parameter => parameter.grad!.clone()).ToArray();
        layer.forward(x).sum().backward();
        foreach (var (parameter, gradient) in layer.parameters().Zip(once))
        {
            AssertNear(2 * gradient, parameter.grad!, "sum of gradients");
        }
    }

    private static Layer Make(Type type)
    {
        var layer = (Layer)Activator.CreateInstance(type)!;
        References.Disturb(layer, seed: 5);
        return layer;
    }

    private static Tensor InputOf(Type type) => type.Name switch
    {
        nameof(LoopLayers.Convolution) => randn(2, 3, 7, 7),
        nameof(LoopLayers.GroupedConvolution) => randn(2, 4, 7, 7),
        nameof(LoopLayers.OneByOne) => randn(4, 1),
        nameof(LoopLayers.CompandedUniform) => randn(6, 131),
        nameof(LoopLayers.CompandedGroups) or nameof(LoopLayers.ZeroPointGroups) or nameof(LoopLayers.LsqGroups) => randn(6, 36),
        _ => randn(6, 37),
    };

    /// <summary>The layer's pass, and its inputs as <c>forward</c> hands them over.</summary>
    private static (object Pass, Tensor[] Inputs) Prepare(Type type)
    {
        var layer = Make(type);
        var blocks = type.Name switch { nameof(LoopLayers.CompandedGroups) or nameof(LoopLayers.LsqGroups) => 12, nameof(LoopLayers.ZeroPointGroups) => 9, _ => 0 };
        var input = InputOf(type).requires_grad_(true);
        Tensor Seen(Tensor tensor) => blocks > 0 && tensor.dim() == 2 && tensor.shape[1] == 36 ? tensor.unflatten(1, -1, blocks) : tensor;
        return (Activator.CreateInstance(type.GetNestedType("Pass", BindingFlags.NonPublic)!)!, [Seen(input), .. layer.parameters().Select(Seen)]);
    }

    private static object? Call(object pass, string name, params object?[] arguments) =>
        pass.GetType().GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(pass, arguments);

    private static void AssertNear(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = (expected - actual).abs().max().to_type(float64).item<double>();
        var scale = Math.Max(1, expected.abs().max().to_type(float64).item<double>());
        Assert.True(difference <= Tolerance * scale, $"{what} differs by {difference}, the largest number is {scale}");
    }
}
