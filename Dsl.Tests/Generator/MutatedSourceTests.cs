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

    /// <summary>A method of the user's own, with bodies of every kind, and layers that use it.</summary>
    private const string OwnSource = """
        namespace Demo ; [ Reparameterization ( Paper = "A paper" ) ] public static partial class Own { private const double Small = 1e-5 ;
        public static Weight Map ( Weight v , [ PerRow ] Weight g , [ Shape ( "rank" , "in" ) , Start ( 0 ) ] Weight a , [ Buffer , PerRow , Start ( 1 ) ] Weight u , int rank , double alpha = 1 , bool gated = true ) {
        var length = Norm ( v ) ; var scaled = g * v / ( length + Small ) ; scaled += alpha / rank * Functions . SumOverColumn ( a ) ;
        return gated ? scaled * Functions . Sigmoid ( Functions . StopGradient ( u ) ) : Functions . StraightThrough ( Functions . Round ( scaled ) , scaled ) ; }
        public static Weight Fold ( Weight v , Weight g , Weight a , Weight u , int rank , double alpha , bool gated ) => Map ( v , g , a , u , rank , alpha , gated ) ;
        public static ( Weight v , Weight g ) Initialize ( Weight w ) => ( w , Norm ( w ) ) ;
        public static Weight Update ( Weight v , Weight u ) => Functions . Clamp ( u , - 1 , Functions . MaxOverAll ( Functions . MatMul ( v , Functions . Transpose ( v ) ) ) ) ;
        private static Weight Norm ( Weight w ) => Functions . Sqrt ( Functions . SumOverRow ( w * w ) ) ; }
        [ Reparameterization ] public static partial class Curve { public static Weight Map ( Weight v ) => - Functions . Tanh ( 2 * v ) ; public static Weight Gradient ( Weight above , Weight v ) => - 2 * above * ( 1 - Functions . Square ( Functions . Tanh ( 2 * v ) ) ) ; }
        [ Linear ( 4 , 3 ) , Reparam ( typeof ( Own ) , 2 , 0.5 ) , Reparam ( typeof ( Curve ) ) ] public sealed partial class Alone ;
        [ Conv2d ( 2 , 3 , 2 ) , Reparam ( typeof ( Own ) , 1 ) , Quantize ] public sealed partial class Kernel ;
        """;

    private static readonly string[] Tokens = TokensOf(Source);

    private static readonly string[] OwnTokens = TokensOf(OwnSource);

    private static readonly string[] Replacements =
        [.. Tokens.Distinct(), .. OwnTokens.Distinct(), "-1", "0", "1e300", "double.NaN", "null", "int.MaxValue", "\"Width\"", "static", "abstract", "file", "record", "struct", "<T>", "@class", "async", "ref", "dynamic", "throw", "=>", "[]", "typeof(int)"];

    [Fact]
    public void The_generator_never_throws_and_never_writes_uncompilable_code_in_silence() => Sample(Tokens, ExpectedWithoutTheGenerator);

    [Fact]
    public void Nor_where_bodies_of_users_methods_are_changed() => Sample(OwnTokens, ExpectedWithoutTheGeneratorOfOwn);

    [Fact]
    public void The_sources_are_correct_before_they_are_changed() => Assert.All(new[] { Source, OwnSource }, source =>
    {
        var run = GeneratorRun.Of(source);
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
    });

    private static string[] TokensOf(string source) => source.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static void Sample(string[] tokens, HashSet<string> expected)
    {
        var change = Gen.Select(Gen.Int[0, tokens.Length - 1], Gen.Int[0, 3], Gen.Int[0, Replacements.Length - 1]);
        change.List[1, 3].Sample(
            changes =>
            {
                var run = GeneratorRun.Of(string.Join(' ', Mutate(tokens, changes)));
                Assert.Null(run.Result.Results.Single().Exception);
                var own = run.CompileErrors.Where(error => error.Location.SourceTree?.FilePath.StartsWith("Snippet", StringComparison.Ordinal) == false).ToArray();
                var said = run.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                    || run.Input.GetDiagnostics().Any(error => error.Severity == DiagnosticSeverity.Error && !expected.Contains(error.Id));
                Assert.True(own.Length == 0 || said, string.Join("\n", own.Select(error => error.ToString())));
            },
            iter: 120,
            threads: 1);
    }

    /// <summary>What the compiler says of a correct source before the generator has added its part.</summary>
    private static readonly HashSet<string> ExpectedWithoutTheGenerator = ErrorsOf(Source);

    /// <inheritdoc cref="ExpectedWithoutTheGenerator"/>
    private static readonly HashSet<string> ExpectedWithoutTheGeneratorOfOwn = ErrorsOf(OwnSource);

    private static HashSet<string> ErrorsOf(string source) =>
        [.. GeneratorRun.Compile(source).GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id)];

    private static List<string> Mutate(string[] source, List<(int At, int Kind, int With)> changes)
    {
        var tokens = source.ToList();
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
