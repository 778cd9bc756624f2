using System.Globalization;
using System.Text.RegularExpressions;
using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Own;

/// <summary>What the generator says of methods with inverse matrices.</summary>
public sealed class OwnInverseTests
{
    private static GeneratorRun Of(string members, string attributes = "Linear(4, 4), Reparam(typeof(M))") => GeneratorRun.Of($$"""
        [Reparameterization(Square = true)] public static partial class M
        {
            public static Weight Map(Weight v, [Size("in")] int n) => Functions.Inverse(v + 3 * Functions.Identity(n));
            {{members}}
        }
        [{{attributes}}] public sealed partial class Layer1;
        """);

    private static string MessageOf(Microsoft.CodeAnalysis.Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);

    [Fact]
    public void A_fold_without_the_transpose_is_refused_with_a_point_where_it_differs()
    {
        var found = Assert.Single(Of("""public static Weight Fold(Weight v, [Size("in")] int n) => Functions.Inverse(Functions.Transpose(v) + 3 * Functions.Identity(n));""").Diagnostics);
        Assert.Equal("LDSL201", found.Id);
        double[] Numbers(string name) => [.. Regex.Matches(Regex.Match(MessageOf(found), name + @"=(\[+[^a-z]*)").Groups[1].Value, @"-?\d+(/\d+)?").Select(match => Parse(match.Value))];
        double Said(string side) => Parse(Regex.Match(MessageOf(found), side + @" gives (\S+?)(,|$| at)").Groups[1].Value);
        var (x, v, output) = (Numbers("x"), Numbers("v"), int.Parse(Regex.Match(MessageOf(found), @"o=(\d+)").Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal((2, 4), (x.Length, v.Length));

        // The inverse of a matrix of two rows by its cofactors.
        var (a, b, c, d) = (v[0] + 3, v[1], v[2], v[3] + 3);
        double[] inverse = [.. new[] { d, -b, -c, a }.Select(cofactor => cofactor / ((a * d) - (b * c)))];
        Assert.Equal((x[0] * inverse[2 * output]) + (x[1] * inverse[(2 * output) + 1]) + Numbers("bias")[output], Said("training"), 4);
        Assert.Equal((x[0] * inverse[output]) + (x[1] * inverse[2 + output]) + Numbers("bias")[output], Said("inference"), 4);
        Assert.NotEqual(Said("training"), Said("inference"), 4);

        static double Parse(string text) => text.Split('/').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).Aggregate((above, below) => above / below);
    }

    [Fact]
    public void A_gradient_without_transposes_is_refused_and_the_right_one_is_not()
    {
        string Gradient(string inverse) => $$"""
            public static Weight Gradient(Weight gradient, Weight v, [Size("in")] int n)
            {
                var y = {{inverse}};
                return -Functions.MatMul(Functions.MatMul(y, gradient), y);
            }
            """;
        Assert.Equal("LDSL203", Assert.Single(Of(Gradient("Functions.Inverse(v + 3 * Functions.Identity(n))")).Diagnostics).Id);
        var right = Of(Gradient("Functions.Transpose(Functions.Inverse(v + 3 * Functions.Identity(n)))"));
        Assert.Empty(right.Diagnostics);
        Assert.Empty(right.CompileErrors);
    }

    [Fact]
    public void A_fold_that_takes_the_inverse_of_the_transpose_is_proved()
    {
        var run = Of("""public static Weight Fold(Weight v, [Size("in")] int n) => Functions.Transpose(Functions.Inverse(Functions.Transpose(v) / 3 + Functions.Identity(n))) / 3;""");
        Assert.Empty(run.Diagnostics);
        var text = run.File("Layer1.g.cs");
        Assert.Contains("verdict     proved for every input, parameter and size", text, StringComparison.Ordinal);
        Assert.Contains("matrices that are inverted are not singular", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_needs_that_a_matrix_times_its_inverse_is_the_identity_is_tested_only()
    {
        var run = GeneratorRun.Of("""
            [Reparameterization(Square = true)] public static partial class M
            {
                public static Weight Map(Weight v, [Size("in")] int n) => Functions.MatMul(Functions.Identity(n) - v, Functions.Inverse(Functions.Identity(n) + v));
                public static Weight Fold(Weight v, [Size("in")] int n) => Functions.MatMul(Functions.Inverse(Functions.Identity(n) + v), Functions.Identity(n) - v);
            }
            [Linear(4, 4), Reparam(typeof(M))] public sealed partial class Layer1;
            """);
        Assert.Equal("LDSL202", Assert.Single(run.Diagnostics).Id);
    }

    [Fact]
    public void An_inverse_counts_two_operations_for_each_number_and_row()
    {
        string Cost(GeneratorRun run) => Regex.Match(run.File("Layer1.g.cs"), @"and ([\d,]+) per training pass").Groups[1].Value;

        // 2·4³ for the inverse, 2·4² for the multiple of the identity that is added.
        Assert.Equal("160", Cost(Of(string.Empty)));
    }

    [Fact]
    public void A_method_states_the_oldest_notation_that_has_all_it_uses()
    {
        Assert.Contains("ReparameterizationForm(2, ", Of(string.Empty).File("M.g.cs"), StringComparison.Ordinal);
        Assert.Contains("ReparameterizationForm(1, ", GeneratorRun.Of("[Reparameterization] public static partial class M { public static Weight Map(Weight v) => v * 2; }").File("M.g.cs"), StringComparison.Ordinal);
    }
}
