using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Forward;

/// <summary>What has no folded form is reported at its own name, and the rest of the model is generated all the same.</summary>
public sealed class ForwardDiagnosticTests
{
    [Theory]
    [InlineData("Hidden.forward(x).erf()", "LDSL301", "erf")]
    [InlineData("torch.erf(Hidden.forward(x))", "LDSL301", "erf")]
    [InlineData("Hidden.forward(x) / 2", "LDSL301", "/")]
    [InlineData("Hidden.forward(x) + Bias", "LDSL301", "Bias")]
    [InlineData("Hidden.forward(x) * Math.Sqrt(2)", "LDSL301", "Sqrt")]
    [InlineData("Hidden.forward(x) * double.NaN", "LDSL301", "*")]
    [InlineData("Hidden.forward(x) * 1e300", "LDSL301", "*")]
    [InlineData("double s = 2.5; return Hidden.forward(x) * (int)s;", "LDSL301", "(int)s")]
    [InlineData("relu(Hidden.forward(x), inplace: true)", "LDSL301", "inplace: true")]
    [InlineData("Hidden.forward(x).softmax(1, ScalarType.Float64)", "LDSL301", "ScalarType.Float64")]
    [InlineData("Hidden.forward(x).add(Hidden.forward(x), 2)", "LDSL301", "2")]
    [InlineData("Own(Hidden.forward(x))", "LDSL301", "Own")]
    [InlineData("training ? Hidden.forward(x) : Hidden.forward(x).relu()", "LDSL301", "training ? Hidden.forward(x) : Hidden.forward(x).relu()")]
    [InlineData("if (training) { x = x.relu(); } return Hidden.forward(x);", "LDSL301", "if")]
    [InlineData("for (var i = 0; i < 2; i++) { x = x.relu(); } return Hidden.forward(x);", "LDSL301", "for")]
    [InlineData("Kept = Hidden.forward(x); return x;", "LDSL301", "=")]
    [InlineData("Hidden.forward(x.view(x.shape[0], x.shape[1]))", "LDSL301", "x.shape[1]")]
    [InlineData("Hidden.forward(x.view(-1, 3, 2, -1))", "LDSL301", "view")]
    [InlineData("Middle.forward(x.view(-1, 3, 4)).softmax(1)", "LDSL301", "softmax")]
    [InlineData("Hidden.forward(x).to(torch.float32)", "LDSL301", "to")]
    [InlineData("var z = Hidden.forward(x); ref var y = ref z; y = y.relu(); return z;", "LDSL301", "y = ref z")]
    [InlineData("Hidden.forward(x.view(-1, 3000000000))", "LDSL301", "view")]
    [InlineData("Middle.forward(Head.forward(x))", "LDSL302", "forward")]
    [InlineData("Hidden.forward(x) + x", "LDSL302", "+")]
    [InlineData("(x + 1) * Hidden.forward(x.flatten(1)).flatten(1).view(-1, 4)", "LDSL302", "*")]
    [InlineData("Hidden.forward(x).view(x.shape[0], 5)", "LDSL302", "view")]
    [InlineData("Hidden.forward(x).view(x.shape[0], 3, -1)", "LDSL302", "view")]
    [InlineData("Hidden.forward(x).softmax(0)", "LDSL303", "softmax")]
    [InlineData("Hidden.forward(x).log_softmax(-2)", "LDSL303", "log_softmax")]
    [InlineData("Hidden.forward(x).view(-1, 2)", "LDSL303", "view")]
    [InlineData("Hidden.forward(x).view(8, 4)", "LDSL303", "view")]
    [InlineData("Hidden.forward(x.flatten())", "LDSL303", "flatten")]
    [InlineData("Middle.forward(x).flatten(-2)", "LDSL303", "flatten")]
    [InlineData("var lost = Hidden.forward(x); return x.relu();", "LDSL304", "forward")]
    [InlineData("Hidden.forward(x).view(-1, 4, 1) * Middle.forward(x.view(-1, 6).view(-1, 1, 6).view(-1, 6).view(-1, 3, 2).view(-1, 6))", "LDSL302", "forward")]
    [InlineData("var h = Hidden.forward(x); return h.view(-1, 4, 1) + h.view(-1, 1, 4);", "LDSL305", "+")]
    [InlineData("forward(Hidden.forward(x))", "LDSL307", "forward")]
    [InlineData("this.call(Hidden.forward(x))", "LDSL307", "call")]
    [InlineData("other.forward(Hidden.forward(x))", "LDSL308", "other")]
    public void One_finding_stands_at_what_causes_it(string body, string id, string text)
    {
        var run = Models.Run(body, Members);

        var finding = Assert.Single(run.Diagnostics);
        Assert.Equal((id, text), (finding.Id, run.TextAt(finding)));
        Assert.DoesNotContain(run.Result.Results.Single().GeneratedSources, source => source.HintName.Contains("Folded", StringComparison.Ordinal));
        Assert.Empty(run.CompileErrors);
    }

    [Fact]
    public void Every_unsupported_operation_is_reported_at_once()
    {
        var run = Models.Run("var h = Hidden.forward(x.erf()); return Head.forward(h.exp()).sin();");

        Assert.Equal(["erf", "exp", "sin"], run.Diagnostics.Select(run.TextAt));
        Assert.All(run.Diagnostics, finding => Assert.Equal(DiagnosticSeverity.Warning, finding.Severity));
    }

    [Fact]
    public void Only_the_folded_model_is_left_out()
    {
        var run = Models.Run("Hidden.forward(x).erf()");

        Assert.Contains("public M FoldTorch()", run.File("M.g.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain("VerifyFold", run.File("M.g.cs"), StringComparison.Ordinal);
        Assert.Empty(run.CompileErrors);
    }

    [Fact]
    public void A_layer_without_effect_is_reported_and_the_model_folded()
    {
        var run = Models.Run("var h = Hidden.forward(x); var lost = Head.forward(h); return h;");

        var finding = Assert.Single(run.Diagnostics);
        Assert.Equal(("LDSL309", DiagnosticSeverity.Warning), (finding.Id, finding.Severity));
        Assert.Contains("'Head'", finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal("Hidden(-1); return 0", Models.Steps(run));
        Assert.Empty(run.CompileErrors);
    }

    [Fact]
    public void A_method_of_the_same_name_elsewhere_is_not_taken_for_torch()
    {
        var run = Models.Run("Functions.relu(Hidden.forward(x))", "private static class Functions { public static Tensor relu(Tensor t) => t.exp(); }");

        Assert.Equal("relu", run.TextAt(Assert.Single(run.Diagnostics)));
    }

    [Fact]
    public void A_shape_mismatch_tells_both_sizes()
    {
        var finding = Assert.Single(Models.Run("Middle.forward(Head.forward(x))").Diagnostics);

        Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
        Assert.Equal(
            "'Middle' takes a last dimension of 4 per sample, but gets (3); change one of the two",
            finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    private const string Members = """
        private readonly nn.Module<Tensor, Tensor> other = nn.Identity();
        private Tensor Kept = torch.zeros(1);
        private static Tensor Bias => torch.zeros(1);
        private static Tensor Own(Tensor t) => t;
        """;
}
