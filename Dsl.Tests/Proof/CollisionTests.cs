using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Proof;

/// <summary>
/// Looks for an unsound law without knowing the laws: of many random expressions those with the same normal form must have
/// the same value everywhere. A law that is wrong anywhere makes two of them meet.
/// </summary>
public class CollisionTests(ITestOutputHelper output)
{
    private const int Expressions = 6_000;
    private const long StepLimit = 20_000;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Expressions_with_one_normal_form_have_one_value(bool absAsMax, int seed)
    {
        var expressions = new RandomExpressions(seed);
        var groups = Enumerable.Range(0, Expressions).Select(k => expressions.Closed(1 + (k % 4))).Distinct()
            .Select(expr => (expr, key: KeyOf(expr, absAsMax))).Where(pair => pair.key is not null)
            .GroupBy(pair => pair.key, pair => pair.expr).Where(group => group.Count() > 1).ToArray();
        output.WriteLine($"{groups.Sum(group => group.Count())} expressions share {groups.Length} normal forms");
        Assert.True(groups.Length > 200, $"only {groups.Length} normal forms are shared");
        Assert.All(groups, group =>
        {
            var first = group.First();
            Assert.All(group.Skip(1), other => Assert.True(
                PlainComparison.Disagreement(first, other) is null, $"{first} ≠ {other} {PlainComparison.Disagreement(first, other)}: {group.Key}"));
        });
    }

    private static string? KeyOf(Expr expr, bool absAsMax)
    {
        try
        {
            return new Normalizer(new Algebra(new Steps(StepLimit, CancellationToken.None)) { AbsAsMax = absAsMax }).Normalize(expr).Key;
        }
        catch (BudgetExceededException)
        {
            return null; // Too large to normalize within the budget: it cannot be proved equal to anything.
        }
    }
}
