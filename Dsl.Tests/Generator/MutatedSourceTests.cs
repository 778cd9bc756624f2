using CsCheck;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Generator;

/// <summary>Sources as they look while somebody types: tokens missing, doubled, swapped or replaced.</summary>
public sealed class MutatedSourceTests
{
    private const string Source = """
        namespace Demo ; public static partial class Outer { [ LayerModel ] public sealed partial class Net : nn . Module < Tensor , Tensor > {
        [ Linear ( 4 , 3 ) , Compander ( Curve = Curve . Tanh , A = 2.0 ) ] public partial Layer First { get ; }
        [ Linear ( nameof ( Width ) , 3 , Bias = false ) , LowRank ( 1 , Alpha = 2.0 , Init = LowRankInit . PiSSA ) ] public partial Layer Second { get ; }
        private const int Width = 3 ;
        public override Tensor forward ( Tensor x ) { var h = nn . functional . relu ( First . forward ( x . view ( - 1 , 4 ) ) ) ; return nn . functional . softmax ( Second . forward ( h * 2 ) + h , - 1 ) ; } }
        [ Linear ( 4 , 3 ) , LowRank ( 2 , RankStabilized = true ) ] public sealed partial class Alone ; }
        """;

    private static readonly string[] Tokens = Source.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static readonly string[] Replacements =
        [.. Tokens.Distinct(), "-1", "0", "1e300", "double.NaN", "null", "int.MaxValue", "\"Width\"", "static", "abstract", "file", "record", "struct", "<T>", "@class", "async", "ref", "dynamic", "throw", "=>", "[]", "typeof(int)"];

    [Fact]
    public void The_generator_never_throws_and_never_writes_uncompilable_code_in_silence()
    {
        var change = Gen.Select(Gen.Int[0, Tokens.Length - 1], Gen.Int[0, 3], Gen.Int[0, Replacements.Length - 1]);
        change.List[1, 3].Sample(
            changes =>
            {
                var run = GeneratorRun.Of(string.Join(' ', Mutate(changes)));
                Assert.Null(run.Result.Results.Single().Exception);
                var own = run.CompileErrors.Where(error => error.Location.SourceTree?.FilePath.StartsWith("Snippet", StringComparison.Ordinal) == false).ToArray();
                var said = run.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                    || run.Input.GetDiagnostics().Any(error => error.Severity == DiagnosticSeverity.Error && !ExpectedWithoutTheGenerator.Contains(error.Id));
                Assert.True(own.Length == 0 || said, string.Join("\n", own.Select(error => error.ToString())));
            },
            iter: 120,
            threads: 1);
    }

    /// <summary>What the compiler says of a correct source before the generator has added its part.</summary>
    private static readonly HashSet<string> ExpectedWithoutTheGenerator = [.. GeneratorRun.Compile(Source).GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id)];

    private static List<string> Mutate(List<(int At, int Kind, int With)> changes)
    {
        var tokens = Tokens.ToList();
        foreach (var (at, kind, with) in changes)
        {
            var place = Math.Min(at, tokens.Count - 1);
            switch (kind)
            {
                case 0:
                    tokens.RemoveAt(place);
                    break;
                case 1:
                    tokens.Insert(place, tokens[place]);
                    break;
                case 2:
                    tokens[place] = Replacements[with];
                    break;
                default:
                    (tokens[place], tokens[^1]) = (tokens[^1], tokens[place]);
                    break;
            }
        }

        return tokens;
    }
}
