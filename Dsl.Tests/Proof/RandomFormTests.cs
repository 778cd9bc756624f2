using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Proof;

/// <summary>Looks for unsound laws without knowing the laws: random expressions against their normal forms, by plain evaluation.</summary>
public class RandomFormTests(ITestOutputHelper output)
{
    private const int Expressions = 3_000;
    private const long StepLimit = 20_000;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void A_normal_form_has_the_value_of_its_expression(bool absAsMax, int seed)
    {
        var pairs = Forms(absAsMax, seed);
        Assert.True(pairs.Length > Expressions / 4, $"only {pairs.Length} expressions");
        Assert.All(pairs, pair => Assert.True(
            PlainComparison.Disagreement(pair.Expr, pair.Form) is null, $"{pair.Expr} ≠ {pair.Form}: {PlainComparison.Disagreement(pair.Expr, pair.Form)}"));
    }

    /// <summary>Whether keys tell forms apart: two forms with one key must be the same.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Expressions_with_one_normal_form_have_one_value(bool absAsMax, int seed)
    {
        var groups = Forms(absAsMax, seed).GroupBy(pair => pair.Form.Key, pair => pair.Expr).Where(group => group.Count() > 1).ToArray();
        output.WriteLine($"{groups.Sum(group => group.Count())} expressions share {groups.Length} normal forms");
        Assert.True(groups.Length > 80, $"only {groups.Length} normal forms are shared");
        Assert.All(groups, group =>
        {
            var first = group.First();
            Assert.All(group.Skip(1), other => Assert.True(
                PlainComparison.Disagreement(first, other) is null, $"{first} ≠ {other} {PlainComparison.Disagreement(first, other)}: {group.Key}"));
        });
    }

    private static (Expr Expr, Polynomial Form)[] Forms(bool absAsMax, int seed)
    {
        var expressions = new RandomExpressions(seed);
        return [.. Enumerable.Range(0, Expressions).Select(k => expressions.Closed(1 + (k % 4))).Distinct()
            .Select(expr => (expr, form: Normalize(expr, absAsMax))).Where(pair => pair.form is not null).Select(pair => (pair.expr, pair.form!))];
    }

    private static Polynomial? Normalize(Expr expr, bool absAsMax)
    {
        try
        {
            return new Normalizer(new Algebra(new Steps(StepLimit, CancellationToken.None)) { AbsAsMax = absAsMax }).Normalize(expr);
        }
        catch (BudgetExceededException)
        {
            return null; // Too large to normalize within the budget: it cannot be proved equal to anything.
        }
    }
}
