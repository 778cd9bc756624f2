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
    [InlineData("C.forward(B.forward(A.forward(x).reshape(-1, 8)))", "", "view, reshape or flatten")]
    [InlineData("C.forward(B.forward(A.forward(x).cos()))", "", "not known to the end")]
    public void What_keeps_a_width_from_changing_is_named(string body, string methods, string expected)
    {
        var found = Run(body, methods).Diagnostics.Where(diagnostic => diagnostic.Id == "LDSL124").ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, diagnostic => Assert.Contains(expected, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static GeneratorRun Run(string body, string methods) => GeneratorRun.Of(
        "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { " + Layers.Replace("{0}", methods, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)
        + "public override Tensor forward(Tensor x) => " + body + "; }");
}
