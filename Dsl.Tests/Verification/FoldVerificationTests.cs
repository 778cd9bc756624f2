using System.Reflection;
using LayerDsl.Tests.Emit;
using LayerDsl.Tests.Generator;
using LayerDsl.Verification;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Verification;

/// <summary>VerifyFold accepts what rounding explains and nothing else, and changes nothing.</summary>
[Collection(SharedRandomPrograms.Name)]
public sealed class FoldVerificationTests
{
    private static readonly Lazy<Type> Mlp = new(() => GeneratorRun.Of("""
        [LayerModel] public sealed partial class Mlp : nn.Module<Tensor, Tensor>
        {
            [Linear(12, 16), Compander] public partial Layer Hidden { get; }
            [Linear(16, 16), LowRank(2)] public partial Layer Middle { get; }
            [Linear(16, 5)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x) => Head.forward(nn.functional.gelu(Middle.forward(Hidden.forward(x.flatten(1)).relu()))).log_softmax(-1);
        }
        """).Load().GetType("Mlp")!);

    private readonly RandomPrograms programs;

    public FoldVerificationTests(RandomPrograms programs) => this.programs = programs;

    [Fact]
    public void Every_random_program_stays_within_its_bound() => Assert.All(programs.Models, type =>
    {
        using var model = Create(type);
        using var sample = randn(300, 12) * 3;

        var report = Verify(model, sample);

        Assert.Equal("output", report.Rows[^1].Name);
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
    });

    [Fact]
    public void The_report_has_a_row_for_each_layer_and_one_for_the_model()
    {
        using var model = Create(Mlp.Value);
        using var sample = randn(700, 3, 4);

        var report = Verify(model, sample);

        Assert.Equal(["Hidden", "Middle", "Head", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.True(row is { LargestError: >= 0, Bound: > 0, LargestRatio: >= 0 and < 1 }));
        Assert.True(report.Rows[^1] is { LargestError: > 0, LargestRatio: > 0 });
        Assert.Equal(5, report.ToString().Split('\n').Length);
    }

    [Fact]
    public void The_bound_of_the_model_is_not_idle()
    {
        using var model = Create(Mlp.Value);
        using var sample = randn(2000, 12);

        Assert.InRange(Verify(model, sample).Rows[^1].LargestRatio, 1e-3, 1);
    }

    [Theory]
    [InlineData("Hidden.log_a")]
    [InlineData("Middle.lora_B")]
    [InlineData("Middle.bias")]
    [InlineData("Head.weight")]
    public void A_parameter_changed_after_folding_is_found_and_its_layer_named(string parameter)
    {
        using var model = Create(Mlp.Value);
        using var sample = randn(20, 12);
        var folded = Fold(model);
        using (no_grad())
        {
            model.get_parameter(parameter)!.add_(1e-3);
        }

        var mismatch = Assert.Throws<FoldMismatchException>(() => Compare(model, folded, sample));

        Assert.Equal(parameter.Split('.')[0], mismatch.Layer);
        Assert.True(mismatch.Error > mismatch.Bound);
    }

    [Fact]
    public void A_value_that_is_no_number_is_never_within_a_bound()
    {
        using var model = Create(Mlp.Value);
        using var sample = randn(20, 12);
        model.children().OfType<Layer>().First().LoadWeight(full(16, 12, 0.5f), zeros(16));
        sample[7] = full(12, float.MaxValue); // 6 times as much overflows in both forms, and ∞ - ∞ is no number

        Assert.Equal("Hidden", Assert.Throws<FoldMismatchException>(() => Verify(model, sample)).Layer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mode_gradients_and_parameters_stay_as_they_are(bool training)
    {
        using var model = Create(Mlp.Value);
        using var sample = randn(20, 12);
        model.train(training);
        model.forward(sample).sum().backward();
        var before = model.parameters().Select(Values).ToArray();

        Verify(model, sample);

        Assert.Equal(training, model.training);
        Assert.Equal(before, model.parameters().Select(Values));
        Assert.True(is_grad_enabled());
        Assert.False(sample.IsInvalid);

        static float[] Values(Tensor parameter) => [.. parameter.detach().data<float>(), .. parameter.grad?.data<float>().ToArray() ?? []];
    }

    [Fact]
    public void A_model_in_double_precision_is_compared_as_well()
    {
        using var model = Create(Mlp.Value);
        model.to(ScalarType.Float64);
        using var sample = randn(300, 12, ScalarType.Float64);

        Assert.InRange(Verify(model, sample).Rows[^1].LargestRatio, double.Epsilon, 1);
    }

    [Theory]
    [InlineData(0, 12)]
    [InlineData(4, 11)]
    public void A_sample_of_the_wrong_size_is_refused(long rows, long columns)
    {
        using var model = Create(Mlp.Value);
        using var sample = zeros(rows, columns);

        Assert.Throws<LayerShapeException>(() => Verify(model, sample));
    }

    [Fact]
    public void Nothing_is_left_behind_in_native_memory()
    {
        using var model = Create(Mlp.Value);
        using var sample = randn(600, 12);
        using var scope = NewDisposeScope();

        Verify(model, sample);

        Assert.Equal(0, scope.DisposablesCount);
    }

    private static nn.Module<Tensor, Tensor> Create(Type type) => (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;

    private static FoldedModel Fold(nn.Module<Tensor, Tensor> model) => (FoldedModel)Call(model, "Fold");

    private static FoldReport Verify(nn.Module<Tensor, Tensor> model, Tensor sample) => (FoldReport)Call(model, "VerifyFold", sample);

    private static object Call(object model, string method, params object[] arguments) =>
        model.GetType().GetMethod(method)!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    /// <summary>What VerifyFold does, with a folded model made before.</summary>
    private static FoldReport Compare(nn.Module<Tensor, Tensor> model, FoldedModel folded, Tensor sample) =>
        FoldVerification.Run(model, folded, sample, (verification, x) =>
        {
            Layer layer(int position) => (Layer)model.children().ElementAt(position);
            var hidden = verification.Layer(layer(0), folded.Layers[0], x).Relu();
            return verification.Layer(layer(2), folded.Layers[2], verification.Layer(layer(1), folded.Layers[1], hidden).Gelu()).LogSoftmax();
        });
}
