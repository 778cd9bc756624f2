using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Forward;

/// <summary>Convolutions and pooling in the body of forward: what is read, and what is refused where.</summary>
public sealed class ImageForwardTests
{
    [Theory]
    [InlineData("nn.functional.max_pool2d(A.forward(x), 2)", "A(-1); MaxPool(0, kernel 2, stride 2, padding 0); return 1")]
    [InlineData("nn.functional.max_pool2d(A.forward(x), 3, stride: 1, padding: 1)", "A(-1); MaxPool(0, kernel 3, stride 1, padding 1); return 1")]
    [InlineData("nn.functional.avg_pool2d(A.forward(x), 2, count_include_pad: true)", "A(-1); AveragePool(0, kernel 2, stride 2, padding 0); return 1")]
    [InlineData("nn.functional.adaptive_avg_pool2d(A.forward(x), 1).flatten(1)", "A(-1); GlobalAverage(0); Reshape(1, 4); return 2")]
    [InlineData("A.forward(x).relu().flatten(1)", "A(-1); Relu(0); Reshape(1, 144); return 2")]
    public void Steps_on_images_are_read(string body, string steps)
    {
        var run = GeneratorRun.Of(Source("LayerModel(2, 6, 6)", body));
        Assert.Empty(run.CompileErrors);
        Assert.EndsWith(steps, run.File("M.Folded.g.cs").Split("Signature = \"")[1].Split('"')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LDSL301", "LayerModel(2, 6, 6)", "nn.functional.max_pool2d(A.forward(x), 2, ceil_mode: true)")]
    [InlineData("LDSL301", "LayerModel(2, 6, 6)", "nn.functional.max_pool2d(A.forward(x), 2, dilation: 2)")]
    [InlineData("LDSL301", "LayerModel(2, 6, 6)", "nn.functional.max_pool2d(A.forward(x), new long[] { 2, 2 })")]
    [InlineData("LDSL301", "LayerModel(2, 6, 6)", "nn.functional.max_pool2d(A.forward(x), 2, padding: 2)")]
    [InlineData("LDSL301", "LayerModel(2, 6, 6)", "nn.functional.adaptive_avg_pool2d(A.forward(x), 2)")]
    [InlineData("LDSL302", "LayerModel(2, 6, 6)", "nn.functional.max_pool2d(A.forward(x), 7)")]
    [InlineData("LDSL302", "LayerModel(2, 6, 6)", "nn.functional.max_pool2d(A.forward(x).flatten(1), 2)")]
    [InlineData("LDSL302", "LayerModel(3, 6, 6)", "A.forward(x)")]
    [InlineData("LDSL302", "LayerModel(72)", "A.forward(x)")]
    [InlineData("LDSL304", "LayerModel", "A.forward(x)")]
    [InlineData("LDSL007", "LayerModel(2, 0, 6)", "A.forward(x)")]
    [InlineData("LDSL007", "LayerModel(2, 50000, 50000)", "A.forward(x)")]
    public void What_does_not_fit_is_reported_once(string id, string model, string body)
    {
        var run = GeneratorRun.Of(Source(model, body));
        Assert.Equal(id, Assert.Single(run.Diagnostics).Id);
    }

    private static string Source(string model, string body) => $$"""
        [{{model}}]
        public sealed partial class M : nn.Module<Tensor, Tensor>
        {
            public M() : base("M") => RegisterComponents();

            [Conv2d(2, 4, 3, Padding = 1)] public partial Layer A { get; }

            public override Tensor forward(Tensor x) => {{body}};
        }
        """;
}
