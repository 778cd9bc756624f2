using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>The lists of levels that a layer's passes look up, as fields of its class.</summary>
internal static class CodebookWriter
{
    public static string NameOf(Codebook levels) => char.ToUpperInvariant(levels.Name[0]) + levels.Name.Substring(1);

    public static IEnumerable<string> Fields(LayerPrograms programs)
    {
        foreach (var levels in Programs(programs).SelectMany(program => program.Statements).SelectMany(Tables).Distinct())
        {
            yield return $"/// <summary>The {levels.Levels.Count} levels of {levels.Name}, ascending{(levels.Ties == Ties.Even ? "; ties go to an even number" : "; ties go to the lower one")}.</summary>";
            yield return $"private static readonly Codebook {NameOf(levels)} = new([{string.Join(", ", levels.Levels.Select(level => TorchFunctions.Number(level).Text))}], TieRule.{levels.Ties});";
            yield return string.Empty;
        }
    }

    private static IEnumerable<Program> Programs(LayerPrograms programs) =>
        new[] { programs.Forward, programs.Backward, programs.Fold, programs.Bound }.Concat(programs.Codes is { } codes ? [codes] : []);

    private static IEnumerable<Codebook> Tables(Statement statement) => statement switch
    {
        Statement.Compute compute => Tables(compute.Body),
        Statement.Fold fold => Tables(fold.Body),
        _ => [],
    };

    private static IEnumerable<Codebook> Tables(Pointwise body) => body switch
    {
        Pointwise.Table table => [table.Levels],
        Pointwise.Apply apply => apply.Arguments.SelectMany(Tables),
        _ => [],
    };
}
