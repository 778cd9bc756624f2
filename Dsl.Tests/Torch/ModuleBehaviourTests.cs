using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>A generated layer is a TorchSharp module like any other.</summary>
public sealed class ModuleBehaviourTests
{
    [Fact]
    public void Parameters_have_the_names_of_the_field()
    {
        Assert.Equal(["weight", "bias"], new PlainLayer().named_parameters().Select(pair => pair.name));
        Assert.Equal(["v", "log_a", "log_b", "bias"], new ArctanLayer().named_parameters().Select(pair => pair.name));
        Assert.Equal(["weight", "lora_A", "lora_B", "bias"], new LoraLayer().named_parameters().Select(pair => pair.name));
        Assert.Equal(
            ["Hidden.v", "Hidden.log_a", "Hidden.log_b", "Hidden.bias", "Middle.weight", "Middle.lora_A", "Middle.lora_B", "Middle.bias", "Head.v", "Head.log_a", "Head.log_b", "Head.lora_A", "Head.lora_B", "Head.bias"],
            new SmallMlp().named_parameters().Select(pair => pair.name));
        Assert.Equal(new SmallMlp().named_parameters().Select(pair => pair.name), new SmallMlp().state_dict().Keys);
    }

    [Fact]
    public void A_frozen_weight_asks_for_no_gradient_and_stays_in_the_state()
    {
        var layer = new FrozenLayer();
        Assert.False(layer.named_parameters().Single(pair => pair.name == "weight").parameter.requires_grad);
        Assert.Contains("weight", layer.state_dict().Keys);
    }

    [Fact]
    public void Save_and_load_give_the_same_outputs()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var (model, other, x) = (new SmallMlp(), new SmallMlp(), randn(5, 7));
            model.save(path);
            other.load(path);
            Assert.Equal(model.forward(x).data<float>().ToArray(), other.forward(x).data<float>().ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void To_changes_the_type_of_everything_and_forward_follows()
    {
        var model = new SmallMlp();
        model.to(float64);
        Assert.All(model.parameters(), parameter => Assert.Equal(float64, parameter.dtype));
        Assert.Equal(float64, model.forward(randn([2, 7], float64)).dtype);
        model.to(bfloat16);
        Assert.Equal(bfloat16, model.forward(randn(2, 7).to(bfloat16)).dtype);
    }

    [Fact]
    public void Train_and_eval_reach_the_layers()
    {
        var model = new SmallMlp();
        model.eval();
        Assert.False(model.Hidden.training);
        model.train();
        Assert.True(model.Hidden.training);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1, 7)]
    [InlineData(2, 3, 7)]
    [InlineData(2, 1, 3, 2, 7)]
    public void Any_leading_dimensions_are_kept(params int[] shape)
    {
        var layer = new ArctanLayer();
        var x = randn(shape.Select(size => (long)size).ToArray());
        var y = layer.forward(x);
        Assert.Equal([.. shape.SkipLast(1).Select(size => (long)size), 5L], y.shape);
        GradientTests.AssertClose(References.Forward("arctan", References.Copies(layer), x), y, 1e-6, "output");
    }

    [Fact]
    public void Non_contiguous_inputs_give_the_same_output_and_gradient()
    {
        var layer = new LoraLayer();
        References.Disturb(layer, 3);
        var storage = randn(7, 4, requires_grad: true);
        var y = layer.forward(storage.t());
        var dense = storage.t().contiguous().detach().requires_grad_(true);
        GradientTests.AssertClose(layer.forward(dense), y, 1e-6, "output");
        y.square().sum().backward();
        layer.forward(dense).square().sum().backward();
        GradientTests.AssertClose(dense.grad!.t(), storage.grad!, 1e-5, "gradient");
    }

    [Fact]
    public void An_input_without_gradient_gets_none_and_no_grad_makes_no_graph()
    {
        var layer = new ArctanLayer();
        var x = randn(3, 7);
        layer.forward(x).sum().backward();
        Assert.Null(x.grad);
        using (no_grad())
        {
            Assert.False(layer.forward(x).requires_grad);
        }

        Assert.True(layer.forward(x).requires_grad);
    }

    [Fact]
    public void A_second_backward_over_a_freed_graph_is_a_clear_error()
    {
        var loss = new ArctanLayer().forward(randn(3, 7)).sum();
        loss.backward();
        var error = Assert.ThrowsAny<Exception>(() => loss.backward());
        Assert.Contains("backward through the graph a second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Retain_graph_allows_a_second_backward_which_adds_up()
    {
        var layer = new ArctanLayer();
        var loss = layer.forward(randn(3, 7)).sum();
        loss.backward(retain_graph: true);
        var once = layer.named_parameters().First().parameter.grad!.clone();
        loss.backward();
        GradientTests.AssertClose(once * 2, layer.named_parameters().First().parameter.grad!, 1e-6, "gradient");
    }

    [Fact]
    public void An_input_changed_in_place_stops_backward_before_any_gradient_is_stored()
    {
        var layer = new ArctanLayer();
        var x = randn(3, 7, requires_grad: true) * 1;
        var loss = layer.forward(x).sum();
        using (no_grad())
        {
            x.add_(1);
        }

        Assert.ThrowsAny<Exception>(() => loss.backward());
        Assert.All(layer.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Wrong_inputs_are_refused_with_the_layer_and_both_values()
    {
        var model = new SmallMlp();
        var width = Assert.Throws<LayerShapeException>(() => model.forward(randn(2, 6)));
        Assert.Contains("Hidden", width.Message, StringComparison.Ordinal);
        Assert.Contains("(2, 6)", width.Message, StringComparison.Ordinal);
        Assert.Contains("7", width.Message, StringComparison.Ordinal);
        var type = Assert.Throws<LayerTypeException>(() => model.forward(randn([2, 7], float64)));
        Assert.Contains("Float64", type.Message, StringComparison.Ordinal);
        Assert.Contains("Float32", type.Message, StringComparison.Ordinal);
        Assert.Throws<LayerShapeException>(() => model.forward(zeros(0, 7)));
        Assert.Throws<LayerShapeException>(() => model.forward(tensor(1f)));
    }

    [Fact]
    public void Native_memory_stays_flat_over_ten_thousand_steps()
    {
        // The update is written out with one scalar that lives as long as the test: TorchSharp's optimizers pass scalars that the
        // garbage collector may take while the native call reads them, which in so many steps happens now and then.
        var model = new SmallMlp();
        using var rate = (-0.01).ToScalar();
        var before = 0L;
        for (var step = 0; step <= 10_000; step++)
        {
            using (NewDisposeScope())
            {
                model.zero_grad();
                model.forward(randn(8, 7)).square().mean().backward();
                using var noGradient = no_grad();
                foreach (var parameter in model.parameters().Where(parameter => parameter.requires_grad))
                {
                    parameter.add_(parameter.grad!, rate);
                }
            }

            before = step == 1_000 ? Tensor.TotalCount : before;
        }

        // Without a scope, a step's few tensors would be 9 000 times that many here.
        Assert.InRange(Tensor.TotalCount, 0, before + 1_000);
    }
}
