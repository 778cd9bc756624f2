using System.Globalization;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Generator;

/// <summary>
/// Sources as they look while somebody types: tokens missing, doubled, swapped, moved or replaced, numbers changed. Every change follows from its seed.
/// <c>LAYERDSL_MUTATIONS</c> is how many are made, <c>LAYERDSL_MUTATIONS_FROM</c> the first seed: 10 000 take an hour.
/// </summary>
public sealed class MutatedSourceTests
{
    private const string MlpSource = """
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
        [ Reparameterization ] public static partial class Shared { public static Weight Map ( [ Shape ( "k" ) ] Weight book , [ Buffer , Indices ( "k" ) , Shape ( "out" , "in" ) ] Weight codes , int k ) => Functions . Gather ( Functions . Kronecker ( book , 2 ) , codes ) ; }
        [ Linear ( 4 , 3 ) , Reparam ( typeof ( Shared ) , 5 ) , LowRank ( 1 ) ] public sealed partial class Clustered ;
        [ Linear ( 4 , 3 ) , Reparam ( typeof ( Own ) , 2 , 0.5 ) , Reparam ( typeof ( Curve ) ) ] public sealed partial class Alone ;
        [ Conv2d ( 2 , 3 , 2 ) , Reparam ( typeof ( Own ) , 1 ) , Quantize ] public sealed partial class Kernel ;
        """;

    /// <summary>Kinds of layers and options that the other sources leave out.</summary>
    private const string ImageSource = """
        [ LayerModel ( 2 , 8 , 8 ) ] public sealed partial class Images : nn . Module < Tensor , Tensor > {
        [ Conv2d ( 2 , 4 , 3 , Padding = 1 , Stride = 2 ) , Quantize ( Bits = 4 , Scheme = Scheme . Log2 ) ] public partial Layer Stem { get ; }
        [ BatchNorm2d ( 4 , Momentum = 0.2 ) ] public partial Layer Norm { get ; }
        [ Conv2d ( 4 , 4 , 3 , Groups = 4 , Bias = false ) ] public partial Layer Depthwise { get ; }
        [ Linear ( 16 , 8 ) , Quantize ( Bits = 8 , Granularity = Granularity . Group , GroupSize = 4 , Activations = true ) , LowRank ( 1 ) ] public partial Layer Head { get ; }
        [ BatchNorm1d ( 8 , Affine = false ) ] public partial Layer Last { get ; }
        public override Tensor forward ( Tensor x ) { x = nn . functional . relu ( Norm . forward ( Stem . forward ( x ) ) ) ; x = Depthwise . forward ( x ) ; return Last . forward ( Head . forward ( x . flatten ( 1 ) ) . sigmoid ( ) ) ; } }
        [ LayerModel ( 5 ) ] public partial class Tokens : nn . Module < Tensor , Tensor > { public Tokens ( int unused = 0 ) : base ( nameof ( Tokens ) ) { RegisterComponents ( ) ; }
        [ Embedding ( 11 , 8 , PaddingIndex = 0 ) ] public partial Layer Table { get ; } [ RmsNorm ( 8 , Eps = 1e-5 ) ] public partial Layer Norm { get ; }
        [ Attention ( 8 , 2 , KvHeads = 1 , Causal = true ) , Quantize ( Bits = 4 , On = Part . Query | Part . Value ) ] public partial Layer Mixer { get ; }
        public override Tensor forward ( Tensor x ) { var h = Table . forward ( x ) ; return h + Mixer . forward ( Norm . forward ( h ) ) ; } }
        """;

    /// <summary>Constructors that take sizes.</summary>
    private const string SizedSource = """
        namespace Demo ; public sealed partial class Alone { [ Linear ( nameof ( inputs ) , nameof ( width ) ) , Compander , LowRank ( 2 ) ] public partial Alone ( int inputs , long width ) ; public Alone ( ) : this ( 4 , 3 ) { } }
        [ Conv2d ( "channels" , 4 , 3 , Padding = 1 ) , Quantize ( Bits = 4 ) ] public partial class Kernel { internal partial Kernel ( int channels ) ; }
        [ Conv2d ( "channels" , "filters" , 3 , Groups = 2 ) , LowRank ( 1 ) ] public partial class Grouped { internal partial Grouped ( int channels , int filters ) ; }
        public sealed partial class Mix { [ Attention ( nameof ( width ) , nameof ( heads ) , KvHeads = 2 ) , LowRank ( 1 , On = Part . Key ) , Compander ( On = Part . Query | Part . Output ) ] public partial Mix ( int width , int heads ) ; }
        [ Linear ( "n" , "m" ) , SparseIso ( 0.75 , Kind = SparseKind . Parallel ) ] public partial class Branches { internal partial Branches ( int n , int m ) ; }
        [ Embedding ( "count" , 4 , PaddingIndex = 1 ) ] public sealed partial class Table { public partial Table ( int count ) ; }
        [ LayerModel ] public sealed partial class Net : nn . Module < Tensor , Tensor > { private const int Classes = 3 ; public partial Net ( int inputs , int width ) ;
        [ Linear ( nameof ( inputs ) , "width" ) , Quantize ( Granularity = Granularity . Group , GroupSize = 4 ) ] public partial Layer Hidden { get ; } [ LayerNorm ( "width" ) ] public partial Layer Norm { get ; }
        [ Linear ( nameof ( width ) , nameof ( Classes ) , Bias = false ) ] public partial Layer Head { get ; }
        public override Tensor forward ( Tensor x ) => Head . forward ( nn . functional . relu ( Norm . forward ( Hidden . forward ( x ) ) ) ) ; }
        [ LayerModel ( 5 , 8 ) ] public sealed partial class Tokens : nn . Module < Tensor , Tensor > { public partial Tokens ( int width , int heads ) ; [ Linear ( 8 , "width" ) ] public partial Layer In { get ; }
        [ Attention ( "width" , "heads" ) , Quantize ( On = Part . Value ) ] public partial Layer Mix { get ; } public override Tensor forward ( Tensor x ) => Mix . forward ( In . forward ( x ) ) ; }
        """;

    private static readonly string[] Sources = [MlpSource, OwnSource, ImageSource, SizedSource];

    private static readonly string[] Replacements =
    [
        .. Sources.SelectMany(TokensOf).Distinct(), "-1", "0", "1e300", "double.NaN", "null", "int.MaxValue", "\"Width\"", "static", "abstract", "file", "record", "struct", "<T>", "@class", "async", "ref",
        "dynamic", "throw", "=>", "[]", "typeof(int)", "string", "object", "Tensor[]", "params", "out", "required", "this", "unsafe", "nameof", "default", "await", "checked", "goto", "\"\"",
    ];

    /// <summary>What the compiler says of each correct source before the generator has added its part.</summary>
    private static readonly HashSet<string>[] ExpectedWithoutTheGenerator = [.. Sources.Select(ErrorsOf)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_generator_never_throws_and_never_writes_uncompilable_code_in_silence(int source)
    {
        var (count, from) = (Number("LAYERDSL_MUTATIONS", 120) / Sources.Length, Number("LAYERDSL_MUTATIONS_FROM", 0));
        for (var seed = from; seed < from + count; seed++)
        {
            Examine(source, seed);
        }
    }

    [Fact]
    public void The_sources_are_correct_before_they_are_changed() => Assert.All(Sources, source =>
    {
        var run = GeneratorRun.Of(source);
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
    });

    private static void Examine(int source, int seed)
    {
        var text = string.Join(' ', Mutate(TokensOf(Sources[source]), new Random(seed)));
        var run = GeneratorRun.Of(text);
        Assert.True(run.Result.Results.Single().Exception is null, $"seed {seed}: {run.Result.Results.Single().Exception}\n{text}");
        if (run.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            return;
        }

        var own = run.CompileErrors.Where(error => error.Location.SourceTree?.FilePath.StartsWith("Snippet", StringComparison.Ordinal) == false).ToArray();
        var said = own.Length > 0 && run.Input.GetDiagnostics().Any(error => error.Severity == DiagnosticSeverity.Error && !ExpectedWithoutTheGenerator[source].Contains(error.Id));
        Assert.True(own.Length == 0 || said, $"seed {seed}: {string.Join("\n", own.Select(error => error.ToString()))}\n{text}");
    }

    private static string[] TokensOf(string source) => source.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static HashSet<string> ErrorsOf(string source) =>
        [.. GeneratorRun.Compile(source).GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id)];

    /// <summary>One to three changes.</summary>
    private static List<string> Mutate(string[] source, Random random)
    {
        var tokens = source.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var place = random.Next(tokens.Count);
            var length = Math.Min(random.Next(2, 9), tokens.Count - place);
            switch (random.Next(8))
            {
                case 0:
                    tokens.RemoveAt(place);
                    break;
                case 1:
                    tokens.Insert(place, tokens[place]);
                    break;
                case 2:
                    var other = random.Next(tokens.Count);
                    (tokens[place], tokens[other]) = (tokens[other], tokens[place]);
                    break;
                case 3:
                    tokens.RemoveRange(place, length);
                    break;
                case 4:
                    tokens.InsertRange(random.Next(tokens.Count), tokens.GetRange(place, length));
                    break;
                case 5 when NumbersIn(tokens) is { Length: > 0 } numbers:
                    tokens[numbers[random.Next(numbers.Length)]] = NumberOf(random);
                    break;
                default:
                    tokens[place] = Replacements[random.Next(Replacements.Length)];
                    break;
            }
        }

        return tokens;
    }

    private static int[] NumbersIn(List<string> tokens) => [.. Enumerable.Range(0, tokens.Count).Where(place => char.IsDigit(tokens[place][0]))];

    private static string NumberOf(Random random) => random.Next(4) switch
    {
        0 => random.Next(-3, 40).ToString(CultureInfo.InvariantCulture),
        1 => random.Next().ToString(CultureInfo.InvariantCulture),
        2 => ((random.NextDouble() * 20) - 10).ToString("R", CultureInfo.InvariantCulture),
        _ => "(" + random.Next(1, 9).ToString(CultureInfo.InvariantCulture) + " * " + random.Next(1, 9).ToString(CultureInfo.InvariantCulture) + ")",
    };
}
