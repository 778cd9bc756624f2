using LayerDsl.Tests.Generator;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Own;

/// <summary>What is wrong with a user's method is told where it stands, with what to write instead.</summary>
public sealed class OwnDiagnosticTests
{
    private const string Layer = " [Linear(4, 3), Reparam(typeof(M))] public sealed partial class Layer1;";

    /// <summary>ID, the text under the diagnostic, a part of the message, the source.</summary>
    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "LDSL501", "Reparameterization", "static partial class", "[Reparameterization] public partial class M { }" },
        { "LDSL501", "Reparameterization", "'partial'", "[Reparameterization] public static class M { public static Weight Map(Weight v) => v; }" },
        { "LDSL501", "Reparameterization", "generic", "[Reparameterization] public static partial class M<T> { public static Weight Map(Weight v) => v; }" },
        { "LDSL501", "Reparameterization", "has no method Map", "[Reparameterization] public static partial class M { }" },
        { "LDSL501", "Reparameterization", "several", "[Reparameterization] public static partial class M { public static Weight Map(Weight v) => v; public static Weight Map(Weight v, double a) => v; }" },
        { "LDSL501", "Map", "trained or [Frozen]", "[Reparameterization] public static partial class M { public static Weight Map([Buffer] Weight v) => v; }" },
        { "LDSL501", "Inverse", "gives 2 values for v", "[Reparameterization] public static partial class M { public static Weight Map(Weight v) => v; public static (Weight, Weight) Inverse(Weight w) => (w, w); }" },
        { "LDSL502", "exp", "write Exp(x)", Map("torch.exp(v)") },
        { "LDSL502", "pow", "x * x", Map("torch.pow(v, 2)") },
        { "LDSL502", "if", "Where(condition, then, otherwise)", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, double a = 1) { if (a > 1) { return v; } return v * a; } }" },
        { "LDSL502", "for", "one by one", "[Reparameterization] public static partial class M { public static Weight Map(Weight v) { for (var k = 0; k < 3; k++) { v = v * v; } return v; } }" },
        { "LDSL502", "Scale", "make it a const", "[Reparameterization] public static partial class M { private static readonly double Scale = 2; public static Weight Map(Weight v) => Scale * v; }" },
        { "LDSL502", "Twice", "calls itself", "[Reparameterization] public static partial class M { public static Weight Map(Weight v) => Twice(v); private static Weight Twice(Weight v) => Twice(v) + v; }" },
        { "LDSL502", "/", "(double)x / y", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, int a = 1, int b = 2) => v * (a / b); }" },
        { "LDSL502", "double.NaN", "finite", Map("v * double.NaN") },
        { "LDSL502", "(Tensor)v", "not with tensors", Map("(Tensor)v") },
        { "LDSL503", "g", "has no value to start with", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [PerRow] Weight g) => g * v; }" },
        { "LDSL503", "a", "[PerRow] and [Scalar]", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [PerRow, Scalar] Weight a) => a * v; }" },
        { "LDSL503", "a", "size 'rank'", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [Shape(\"rank\", \"in\")] Weight a) => v; }" },
        { "LDSL503", "name", "int, double or bool", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, string name) => v; }" },
        { "LDSL503", "u", "no parameter of Map", "[Reparameterization] public static partial class M { public static Weight Map(Weight v) => v; public static Weight Fold(Weight u) => u; }" },
        { "LDSL504", "v + Transpose(v)", "in × out", Map("v + Functions.Transpose(v)", "v + Transpose(v)") },
        { "LDSL502", "inv", "write Inverse(x)", Map("torch.linalg.inv(v)") },
        { "LDSL502", "kron", "write Kronecker(x, y)", Map("torch.kron(v, v)") },
        { "LDSL503", "a", "size 'rank / 2'", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [Shape(\"rank / 2\", \"in\")] Weight a, int rank = 4) => v; }" },
        { "LDSL503", "a", "size 'out / 0'", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [Shape(\"out / 0\", \"in\")] Weight a) => v; }" },
        { "LDSL503", "b", "divides 'out' by another size", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [Shape(\"out / 2\", \"in\")] Weight a, [Shape(\"out / 4\", \"in\")] Weight b) => v; }" },
        { "LDSL504", "Kronecker", "of a vector", "[Reparameterization] public static partial class M { public static Weight Map(Weight v, [Shape(\"1\", \"2\")] Weight a, [Shape(\"out\", \"in / 2\")] Weight b) => v + Functions.Kronecker(a, b); }" },
        { "LDSL504", "Kronecker", "the weight is", "[Reparameterization] public static partial class M { public static Weight Map([Shape(\"2\", \"2\")] Weight a, [Shape(\"in / 2\", \"out / 2\")] Weight b) => Functions.Kronecker(a, b); }" },
        { "LDSL504", "Inverse", "only a square matrix has an inverse, and this one is out × in", Map("Functions.Inverse(v)", "Inverse(v)") },
        { "LDSL504", "Inverse", "has no inverse", "[Reparameterization(Square = true)] public static partial class M { public static Weight Map(Weight v, [PerRow, Start(1)] Weight g) => v * Functions.Inverse(g + 0 * v); }" },
        { "LDSL504", "MatMul", "columns of the left", Map("Functions.MatMul(v, v)", "MatMul(v, v)") },
        { "LDSL504", "SumOverRow", "the weight is out × in", "[Reparameterization] public static partial class M { public static Weight Map([PerRow] Weight g) => Functions.Transpose(Functions.Transpose(SumOverRow(g) + MatMul(Functions.Transpose(g), g))); private static Weight SumOverRow(Weight w) => Functions.SumOverColumn(w); private static Weight MatMul(Weight a, Weight b) => Functions.MatMul(b, a); }" },
    };

    private static string Map(string body, string? shown = null) =>
        $"[Reparameterization] public static partial class M {{ public static Weight Map(Weight v) => {body}; }}" + (shown is null ? string.Empty : " // " + shown);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_fault_is_told_at_its_token_with_a_remedy(string id, string at, string says, string source)
    {
        foreach (var text in new[] { source, source + "\n" + Layer })
        {
            var run = GeneratorRun.Of(text);
            Assert.Null(run.Result.Results.Single().Exception);
            var found = Assert.Single(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            Assert.Equal(id, found.Id);
            Assert.Contains(says, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            if (id != "LDSL504")
            {
                Assert.Equal(at, run.TextAt(found));
            }
        }
    }

    [Theory]
    [InlineData("takes none", "Reparam(typeof(Plain), 3)")]
    [InlineData("takes int rank", "Reparam(typeof(Ranked))")]
    [InlineData("rank is a int", "Reparam(typeof(Ranked), 2.5)")]
    [InlineData("at least 1", "Reparam(typeof(Ranked), 0)")]
    [InlineData("no class with [Reparameterization]", "Reparam(typeof(string))")]
    [InlineData("square matrix", "Reparam(typeof(Square))")]
    [InlineData("do not divide", "Reparam(typeof(Grouped))")]
    [InlineData("write it first", "Compander, Reparam(typeof(Ranked), 2)")]
    [InlineData("p = 3 does not divide the 4 inputs", "Reparam(typeof(Blocks), 3)")]
    [InlineData("as a method before it does", "Reparam(typeof(Blocks), 1), Reparam(typeof(Halves))")]
    [InlineData("not computed", "Reparam(typeof(SumsOnDiagonals))")]
    [InlineData("different sizes", "Reparam(typeof(Pairs)), Quantize(Granularity = Granularity.Group, GroupSize = 4)")]
    public void A_method_that_cannot_act_is_refused_where_it_is_applied(string says, string attributes)
    {
        var run = GeneratorRun.Of($$"""
            [Reparameterization] public static partial class Plain { public static Weight Map(Weight v) => v * 2; }
            [Reparameterization] public static partial class Ranked { public static Weight Map([Shape("out", "rank")] Weight a, [Shape("rank", "in")] Weight b, int rank) => Functions.MatMul(a, b); }
            [Reparameterization(Square = true)] public static partial class Square { public static Weight Map(Weight v) => v + Functions.Transpose(v); }
            [Reparameterization] public static partial class Grouped { public static Weight Map(Weight v, [PerGroup(3), Start(1)] Weight s) => s * v; }
            [Reparameterization] public static partial class Blocks { public static Weight Map(Weight v, [Shape("p")] Weight a, [Shape("out", "in / p")] Weight b, int p) => v + Functions.Kronecker(Functions.Transpose(a), b); }
            [Reparameterization] public static partial class Halves { public static Weight Map(Weight v, [Shape("2")] Weight a, [Shape("out", "in / 2")] Weight b) => v + Functions.Kronecker(Functions.Transpose(a), b); }
            [Reparameterization] public static partial class SumsOnDiagonals { public static Weight Map([Shape("out + in - 1", "2")] Weight d, [Size("out")] int rows, [Size("in")] int columns) => Functions.Toeplitz(Functions.SumOverRow(d), rows, columns); }
            [Reparameterization] public static partial class Pairs { public static Weight Map(Weight v, [PerGroup(2), Start(1)] Weight s) => s * v; }
            [Linear(4, 3), {{attributes}}] public sealed partial class Layer1;
            """);
        Assert.Null(run.Result.Results.Single().Exception);
        var found = Assert.Single(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Equal("LDSL505", found.Id);
        Assert.StartsWith("Reparam", run.TextAt(found), StringComparison.Ordinal);
        Assert.Contains(says, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_fold_is_refused_with_a_point_where_it_differs()
    {
        var run = GeneratorRun.Of("""
            [Reparameterization] public static partial class M
            {
                public static Weight Map(Weight v, [PerRow, Start(1)] Weight g) => g * v / Functions.Sqrt(Functions.SumOverRow(v * v));
                public static Weight Fold(Weight v, Weight g) => g * v / Functions.SumOverRow(Functions.Abs(v));
            }
            [Linear(4, 3), Reparam(typeof(M))] public sealed partial class Layer1;
            """);
        var found = Assert.Single(run.Diagnostics);
        Assert.Equal("LDSL201", found.Id);

        // The point it names is recomputed: training divides by the Euclidean length, inference by the sum of magnitudes.
        var message = found.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        double[] Values(string name) => [.. System.Text.RegularExpressions.Regex.Match(message, name + @"=\[+([^\]]*)\]").Groups[1].Value.Split(',').Select(Parse)];
        double Said(string side) => Parse(System.Text.RegularExpressions.Regex.Match(message, side + @" gives (\S+?)(,|$| at)").Groups[1].Value);
        var (x, v, g, bias) = (Values("x"), Values("v"), Values("g")[0], Values("bias")[0]);
        var dot = x.Zip(v, (a, b) => a * b).Sum() * g;
        Assert.Equal((dot / Math.Sqrt(v.Sum(a => a * a))) + bias, Said("training"), 4);
        Assert.Equal((dot / v.Sum(Math.Abs)) + bias, Said("inference"), 4);
        Assert.NotEqual(Said("training"), Said("inference"), 4);

        static double Parse(string text) => text.Contains('/', StringComparison.Ordinal)
            ? Number(text.Split('/')[0]) / Number(text.Split('/')[1])
            : Number(text);

        static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3000)]
    public void Deep_nesting_is_refused_before_anything_recurses_into_it(int depth)
    {
        var nested = string.Concat(Enumerable.Repeat("Functions.Exp(", depth)) + "v" + new string(')', depth);
        var run = GeneratorRun.Of(Map(nested) + Layer);
        Assert.Null(run.Result.Results.Single().Exception);
        Assert.Equal(depth > 40, run.Diagnostics.Any(diagnostic => diagnostic.Id is "LDSL502" or "LDSL504"));
    }

    [Theory]
    [InlineData("v = v * v;", 60)]
    [InlineData("v = v + v;", 3000)]
    [InlineData("v = Twice(Twice(Twice(v)));", 500)]
    public void Formulas_that_grow_are_refused(string statement, int times)
    {
        var run = GeneratorRun.Of("[Reparameterization] public static partial class M { public static Weight Map(Weight v0) { var v = v0; "
            + string.Concat(Enumerable.Repeat(statement, times)) + " return v; } private static Weight Twice(Weight v) => v + v * v; }" + Layer);
        Assert.Null(run.Result.Results.Single().Exception);
        Assert.Contains(run.Diagnostics, diagnostic => diagnostic.Id is "LDSL502" or "LDSL504");
    }

    [Theory]
    [InlineData("Weight @class", "@class")]
    [InlineData("Weight _", "_")]
    [InlineData("Weight bias", "bias")]
    [InlineData("Weight x", "x")]
    [InlineData("Weight W", "W")]
    [InlineData("Weight torch", "torch")]
    [InlineData("Weight _1", "_1")]
    [InlineData("Weight noGradient", "noGradient")]
    [InlineData("Weight forward", "forward")]
    [InlineData("Weight name", "name")]
    public void Names_of_any_kind_give_code_that_compiles(string parameter, string name)
    {
        var run = GeneratorRun.Of($$"""
            [Reparameterization] public static partial class M
            {
                public static Weight Map({{parameter}}, [PerRow, Start(1)] Weight scope)
                {
                    var target = scope * {{name}};
                    var nn = target + 1;
                    var var = nn * target;
                    var @return = var - nn;
                    return @return + Functions.SumOverRow(target);
                }
            }
            [Linear(4, 3), Reparam(typeof(M))] public sealed partial class Layer1;
            """);
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
    }
}
