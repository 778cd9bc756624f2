namespace LayerDsl.Tests.Generator;

public sealed class WideningTests
{
    private const string Layers = "[Linear(4, 8), SparseIso(0.75)] public partial Layer A { get; } [Linear(8, 8){0}] public partial Layer B {{ get; }} [Linear(8, 3)] public partial Layer C {{ get; }} ";

    [Theory]
    [InlineData("C.forward(B.forward(A.forward(x)))", "", "4 → 16", "16 → 8", "8 → 3")] // B passes the width on to nothing wide
    [InlineData("C.forward(B.forward(A.forward(x)))", ", SparseIso(0.75)", "4 → 16", "16 → 16", "16 → 3")]
    [InlineData("C.forward(A.forward(x) + B.forward(A.forward(x)))", "", "4 → 16", "16 → 16", "16 → 3")] // one width for all
    [InlineData("C.forward((A.forward(x) * 2).softmax(-1))", ", LowRank(2)", "4 → 16", "8 → 8", "16 → 3")]
    public void Widths_that_must_be_equal_are_widened_together(string body, string methods, string a, string b, string c)
    {
        var run = Run(body, methods);
        Assert.DoesNotContain(run.Diagnostics, found => found.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
        Assert.Contains("A: Linear(" + a + ")", run.File("M+ALayer.g.cs"), StringComparison.Ordinal);
        Assert.Contains("B: Linear(" + b + ")", run.File("M+BLayer.g.cs"), StringComparison.Ordinal);
        Assert.Contains("C: Linear(" + c + ")", run.File("M+CLayer.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C.forward(B.forward(A.forward(x)))", ", SparseIso(0.5)", "different sparsities, 0.5 and 0.75")]
    [InlineData("C.forward(B.forward(A.forward(x).reshape(-1, 8)))", "", "written into a view or reshape")]
    [InlineData("C.forward(B.forward(A.forward(x).cos()))", "", "not known to the end")]
    public void What_keeps_a_width_from_changing_is_named(string body, string methods, string expected)
    {
        var found = Run(body, methods).Diagnostics.Where(diagnostic => diagnostic.Id == "LDSL124").ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, diagnostic => Assert.Contains(expected, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    /// <summary>Channels are widened like features; flattened, they are height · width features each. Neighbours: normalizations, pools, groups.</summary>
    [Theory]
    [InlineData("Conv2d(8, 6, 3)", "Linear(54, 3)", "C.forward(B.forward(A.forward(x).relu()).flatten(1))", "B: Conv2d(16 → 6, kernel 3)", "C: Linear(54 → 3)")]
    [InlineData("Conv2d(8, 6, 3), SparseIso(0.75)", "Linear(54, 3)", "C.forward(B.forward(A.forward(x).relu()).flatten(1))", "B: Conv2d(16 → 12, kernel 3), SparseIso(sparsity = 0.75)", "C: Linear(108 → 3)")]
    [InlineData("BatchNorm2d(8)", "Linear(32, 3)", "C.forward(nn.functional.max_pool2d(B.forward(A.forward(x)), 2).view(x.shape[0], -1))", "B: BatchNorm2d(16)", "C: Linear(64 → 3)")]
    [InlineData("Conv2d(8, 8, 3, Padding = 1, Groups = 8)", "Linear(8, 3)", "C.forward(nn.functional.adaptive_avg_pool2d(B.forward(A.forward(x)), 1).flatten(1))", "B: Conv2d(16 → 16, kernel 3, padding 1, groups 16)", "C: Linear(16 → 3)")]
    [InlineData("Conv2d(8, 8, 3, Padding = 1, Groups = 2), SparseIso(0.75), Quantize(Bits = 4)", "Linear(200, 3)", "C.forward((A.forward(x) + B.forward(A.forward(x))).flatten(1))", "B: Conv2d(16 → 16, kernel 3, padding 1, groups 2), SparseIso(sparsity = 0.75), Quantize(Bits = 4)", "C: Linear(400 → 3)")]
    [InlineData("LayerNorm(5)", "Linear(200, 3)", "C.forward(B.forward(A.forward(x)).flatten(1))", "B: LayerNorm(5)", "C: Linear(400 → 3)")]
    [InlineData("Conv2d(8, 2, 1)", "Linear(25, 3)", "C.forward(B.forward(A.forward(x)).flatten(2)).flatten(1)", "B: Conv2d(16 → 2, kernel 1)", "C: Linear(25 → 3)")]
    public void Channels_are_widened_between_convolutions(string b, string c, string body, string expectedB, string expectedC)
    {
        var run = OfImages("Conv2d(1, 8, 1), SparseIso(0.75)", b, c, body);
        Assert.DoesNotContain(run.Diagnostics, found => found.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
        Assert.Contains("A: Conv2d(1 → 16, kernel 1), SparseIso", run.File("M+ALayer.g.cs"), StringComparison.Ordinal);
        Assert.Contains(expectedB + "\n", run.File("M+BLayer.g.cs").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(expectedC + "\n", run.File("M+CLayer.g.cs").ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    /// <summary>A wide linear layer widens the channels that are flattened for it.</summary>
    [Fact]
    public void A_wide_linear_layer_widens_the_convolution_before_it()
    {
        var run = OfImages("Conv2d(1, 8, 1)", "Linear(200, 6), SparseIso(0.75)", "Linear(6, 3)", "C.forward(B.forward(A.forward(x).flatten(1)))");
        Assert.Empty(run.CompileErrors);
        Assert.Contains("A: Conv2d(1 → 16, kernel 1)", run.File("M+ALayer.g.cs"), StringComparison.Ordinal);
        Assert.Contains("B: Linear(400 → 12)", run.File("M+BLayer.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Conv2d(1, 8, 1), SparseIso(0.75)", "Conv2d(8, 8, 1)", "Linear(200, 3)", "C.forward(B.forward(A.forward(x)).view(-1, 200))", null)]
    [InlineData("Conv2d(1, 8, 1)", "Conv2d(8, 8, 1), SparseIso(0.75)", "Linear(200, 3)", "C.forward(B.forward(A.forward(x)).view(-1, 200))", "written into a view or reshape")]
    [InlineData("Conv2d(1, 8, 1)", "Conv2d(8, 8, 1), SparseIso(0.75)", "Linear(200, 3)", "C.forward(B.forward(A.forward(x)).view(x.shape[0], 8, 25).flatten(1))", "written into a view or reshape")]
    [InlineData("Conv2d(1, 9, 1), SparseIso(0.5)", "Conv2d(9, 9, 1, Groups = 3)", "Linear(225, 3)", "C.forward(B.forward(A.forward(x)).flatten(1))", "13 channels, which the 3 groups of 'B' do not divide")]
    [InlineData("Conv2d(1, 8, 1)", "Conv2d(8, 8, 1, Groups = 8), SparseIso(0.75)", "Linear(200, 3)", "C.forward(B.forward(A.forward(x)).flatten(1))", "grows with the width and not with its square")]
    [InlineData("Linear(5, 7), SparseIso(0.75)", "Conv2d(1, 2, 1)", "Linear(70, 3)", "C.forward(B.forward(A.forward(x)).flatten(1))", "the height or width of an image")]
    [InlineData("Linear(5, 8), SparseIso(0.75)", "Attention(8, 2)", "Linear(8, 3)", "C.forward(B.forward(A.forward(x)))", "an attention layer, whose heads divide it")]
    [InlineData("Conv2d(1, 8, 1)", "Conv2d(8, 4, 1)", "Linear(5, 5), SparseIso(0.75)", "C.forward(B.forward(A.forward(x)))", "the height or width of an image")]
    public void What_keeps_channels_from_changing_is_named(string a, string b, string c, string body, string? expected)
    {
        var found = OfImages(a, b, c, body).Diagnostics.Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).ToArray();
        Assert.Equal(expected is null, found.Length == 0);
        Assert.All(found, diagnostic => Assert.Equal("LDSL124", diagnostic.Id));
        Assert.All(found, diagnostic => Assert.Contains(expected!, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    [Fact]
    public void A_batch_normalization_of_rows_is_widened_with_its_neighbours()
    {
        var run = GeneratorRun.Of(
            "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 8), SparseIso(0.75)] public partial Layer A { get; } [BatchNorm1d(8)] public partial Layer B { get; } [Linear(8, 3)] public partial Layer C { get; } "
            + "public override Tensor forward(Tensor x) => C.forward(B.forward(A.forward(x)).relu()); }");
        Assert.Empty(run.CompileErrors);
        Assert.Contains("B: BatchNorm1d(16)", run.File("M+BLayer.g.cs"), StringComparison.Ordinal);
        Assert.Contains("C: Linear(16 → 3)", run.File("M+CLayer.g.cs"), StringComparison.Ordinal);
    }

    private static GeneratorRun OfImages(string a, string b, string c, string body) => GeneratorRun.Of(
        $"[LayerModel(1, 5, 5)] public partial class M : nn.Module<Tensor, Tensor> {{ [{a}] public partial Layer A {{ get; }} [{b}] public partial Layer B {{ get; }} [{c}] public partial Layer C {{ get; }} "
        + "public override Tensor forward(Tensor x) => " + body + "; }");

    private static GeneratorRun Run(string body, string methods) => GeneratorRun.Of(
        "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { " + Layers.Replace("{0}", methods, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)
        + "public override Tensor forward(Tensor x) => " + body + "; }");
}
