using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Sizes;

/// <summary>Models whose constructors take sizes, and the same models declared with numbers, in one compilation.</summary>
internal static class SizedModels
{
    /// <summary>The body of each model; a name in braces is a size.</summary>
    private static readonly (string Name, string Attribute, string Sizes, string Body, int[][] Values)[] Models =
    [
        ("Mlp", "[LayerModel]", "int inputs, int width, int classes", """
            [Linear({inputs}, {width}), LowRank(2)] public partial Layer Hidden { get; }
            [LayerNorm({width})] public partial Layer Norm { get; }
            [Linear({width}, {width}), Compander] public partial Layer Inner { get; }
            [Linear({width}, {classes})] public partial Layer Head { get; }
            public override Tensor forward(Tensor x)
            {
                var h = Hidden.forward(x);
                var inner = nn.functional.gelu(Inner.forward(Norm.forward(h)));
                return nn.functional.softmax(Head.forward((h * 0.5) + inner * nn.functional.tanh(h)), -1);
            }
            """, [[16, 12, 3], [5, 4, 2]]),
        ("Coded", "[LayerModel]", "int inputs, long width", """
            [Linear({inputs}, {width}), Quantize(Bits = 4)] public partial Layer A { get; }
            [Linear({width}, 4), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4)] public partial Layer B { get; }
            [Linear({width}, {width}), SparseIso(0.75, Kind = SparseKind.Parallel)] public partial Layer C { get; }
            public override Tensor forward(Tensor x) => B.forward(nn.functional.relu(C.forward(A.forward(x))));
            """, [[7, 8], [12, 4]]),
        ("Images", "[LayerModel(1, 6, 6)]", "int channels, int features", """
            [Conv2d(1, {channels}, 3)] public partial Layer Stem { get; }
            [BatchNorm2d({channels})] public partial Layer Norm { get; }
            [Linear({features}, 3)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x) => Head.forward(nn.functional.max_pool2d(nn.functional.relu(Norm.forward(Stem.forward(x))), 2).flatten(1));
            """, [[3, 12], [5, 20]]),
        ("Grouped", "[LayerModel(1, 6, 6)]", "int width", """
            [Conv2d(1, {width}, 3, Padding = 1)] public partial Layer Stem { get; }
            [Conv2d({width}, {width}, 3, Groups = 2), Compander] public partial Layer Inner { get; }
            [Conv2d({width}, 4, 3, Stride = 2, Groups = 2), Quantize(Bits = 4)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Inner.forward(Stem.forward(x)))).flatten(1);
            """, [[6], [2]]),
        ("Mixed", "[LayerModel(5)]", "int count, int width, int heads", """
            [Embedding({count}, {width})] public partial Layer Table { get; }
            [Attention({width}, {heads}), Quantize(Bits = 4, On = Part.Query)] public partial Layer Mix { get; }
            [Attention({width}, 2, KvHeads = 1, Causal = true)] public partial Layer Past { get; }
            [Linear({width}, 3)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x)
            {
                var tokens = Table.forward(x);
                return Head.forward(Past.forward(nn.functional.relu(Mix.forward(tokens) + tokens)));
            }
            """, [[9, 6, 3], [4, 8, 2]]),
        ("Keyed", "[LayerModel(5)]", "int count, int width, long heads, int kvHeads", """
            [Embedding({count}, {width})] public partial Layer Table { get; }
            [Attention({width}, {heads}, {kvHeads}, Causal = true), Quantize(Bits = 4, On = Part.Key)] public partial Layer Mix { get; }
            [Attention({width}, 4, {kvHeads}), LowRank(1)] public partial Layer Far { get; }
            public override Tensor forward(Tensor x) => Far.forward(Mix.forward(Table.forward(x))).flatten(1);
            """, [[9, 8, 4, 2], [4, 16, 8, 4]]),
        ("Tokens", "[LayerModel(5)]", "int count, int dim", """
            [Embedding({count}, {dim})] public partial Layer Table { get; }
            [RmsNorm({dim})] public partial Layer Norm { get; }
            [Linear({dim}, {dim})] public partial Layer Mixer { get; }
            [Linear({dim}, {count})] public partial Layer Head { get; }
            public override Tensor forward(Tensor x)
            {
                var tokens = Table.forward(x);
                return Head.forward(tokens + nn.functional.relu(Mixer.forward(Norm.forward(tokens))));
            }
            """, [[9, 6], [4, 3]]),
        ("Named", "[LayerModel]", "int x, int batch, int file, int arena, long Last", """
            [Linear({x}, {batch})] public partial Layer A { get; }
            [Linear({batch}, {file})] public partial Layer B { get; }
            [Linear({file}, {arena})] public partial Layer C { get; }
            [Linear({arena}, {Last})] public partial Layer D { get; }
            public override Tensor forward(Tensor input)
            {
                var b = B.forward(A.forward(input));
                return D.forward(C.forward(b.view(-1, 2, 1).view(input.shape[0], -1) - b));
            }
            """, [[3, 4, 2, 5, 6]]),
    ];

    private static readonly Lazy<(GeneratorRun Run, Assembly Assembly)> Compiled = new(() =>
    {
        var run = GeneratorRun.Of(Source());
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
        var assembly = run.Load();
        RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle); // finds the native library, before the first tensor
        return (run, assembly);
    });

    /// <summary>Compiles them.</summary>
    public static void Prepare() => _ = Compiled.Value;

    /// <summary>Each model with each of its lists of sizes.</summary>
    public static TheoryData<string, int[]> All
    {
        get
        {
            var all = new TheoryData<string, int[]>();
            foreach (var model in Models)
            {
                foreach (var values in model.Values)
                {
                    all.Add(model.Name, values);
                }
            }

            return all;
        }
    }

    public static string Source() => string.Join("\n", Models.SelectMany(model => model.Values.Select((values, k) => (string?)Numbered(model, values, k)).Append(Sized(model))));

    public static Type Class(string model) => Compiled.Value.Assembly.GetType(model)!;

    public static string FoldedText(string model) => Compiled.Value.Run.File(model + ".Folded.g.cs");

    /// <summary>A model of the sizes that its constructor is given.</summary>
    public static nn.Module<Tensor, Tensor> Make(string model, params int[] sizes)
    {
        var constructor = Class(model).GetConstructors().Single();
        var arguments = constructor.GetParameters().Zip(sizes, (parameter, size) => Convert.ChangeType(size, parameter.ParameterType, CultureInfo.InvariantCulture)).ToArray();
        return (nn.Module<Tensor, Tensor>)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    /// <summary>The same model declared with numbers.</summary>
    public static nn.Module<Tensor, Tensor> MakeNumbered(string model, int[] sizes)
    {
        var at = Array.FindIndex(Models.Single(other => other.Name == model).Values, values => values.SequenceEqual(sizes));
        return (nn.Module<Tensor, Tensor>)Activator.CreateInstance(Class(model + "Numbered" + at.ToString(CultureInfo.InvariantCulture)))!;
    }

    public static FoldedModel Fold(nn.Module<Tensor, Tensor> model) => (FoldedModel)model.GetType().GetMethod("Fold")!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, null, null)!;

    public static FoldedModel Load(string model, string path) =>
        (FoldedModel)Class(model).GetNestedType("Folded")!.GetMethod("Load")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [path], null)!;

    private static string Sized((string Name, string Attribute, string Sizes, string Body, int[][] Values) model) => Declared(
        model.Attribute, model.Name, $"public partial {model.Name}({model.Sizes});" + Names(model.Sizes).Aggregate(model.Body, (body, name) => body.Replace("{" + name + "}", $"nameof({name})", StringComparison.Ordinal)));

    private static string Numbered((string Name, string Attribute, string Sizes, string Body, int[][] Values) model, int[] values, int number) => Declared(
        model.Attribute,
        model.Name + "Numbered" + number.ToString(CultureInfo.InvariantCulture),
        Names(model.Sizes).Zip(values).Aggregate(model.Body.Replace(", {kvHeads}", ", KvHeads = {kvHeads}", StringComparison.Ordinal), (body, pair) => body.Replace("{" + pair.First + "}", pair.Second.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    private static string Declared(string attribute, string name, string body) => $"{attribute} public sealed partial class {name} : nn.Module<Tensor, Tensor> {{ {body} }}";

    private static string[] Names(string sizes) => [.. sizes.Split(", ").Select(size => size.Split(' ')[1])];
}
