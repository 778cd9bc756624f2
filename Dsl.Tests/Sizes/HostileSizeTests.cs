using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using LayerDsl.Generator.Emit;
using LayerDsl.Generator.Forward;
using LayerDsl.Tests.Generator;
using TorchSharp;
using Size = LayerDsl.Generator.Ir.Size;

namespace LayerDsl.Tests.Sizes;

/// <summary>Sizes that no layer can have, and such whose products no number of 64 bits holds: each is refused by name before a tensor is made.</summary>
public sealed class HostileSizeTests
{
    /// <summary>Every kind and method whose constructor checks more than that each size is at least 1; sizes that do fit, and such that do not divide.</summary>
    private static readonly (string Name, string Attributes, string Sizes, long[] Good, long[] Odd)[] Layers =
    [
        ("Plain", "[Linear({n}, {m})]", "n m", [8, 8], [7, 7]),
        ("Kernels", "[Conv2d({channels}, {filters}, 3, Groups = 2)]", "channels filters", [8, 8], [7, 7]),
        ("Joined", "[Attention({width}, {heads})]", "width heads", [8, 2], [7, 3]),
        ("Shared", "[Attention({width}, {heads}, KvHeads = 2), LowRank(2)]", "width heads", [8, 4], [7, 3]),
        ("Keys", "[Attention({width}, {heads}, {kvHeads})]", "width heads kvHeads", [8, 4, 2], [7, 3, 5]),
        ("Grouped", "[Attention({width}, {heads}), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4)]", "width heads", [8, 2], [7, 3]),
        ("Masked", "[Linear({n}, {m}), SparseIso(0.75, Kind = SparseKind.Parallel)]", "n m", [8, 8], [7, 7]),
        ("MaskedParts", "[Attention({width}, {heads}), SparseIso(0.75, Kind = SparseKind.Parallel, On = Part.Output)]", "width heads", [8, 2], [7, 3]),
        ("Coded", "[Linear({n}, {m}), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4)]", "n m", [8, 8], [7, 7]),
        ("Thin", "[Linear({n}, {m}), LowRank(4)]", "n m", [8, 8], [3, 3]),
        ("Table", "[Embedding({count}, {dim}, PaddingIndex = 3)]", "count dim", [8, 8], [2, 7]),
    ];

    private static readonly Lazy<Assembly> Compiled = new(() =>
    {
        var run = GeneratorRun.Of(string.Join("\n", Layers.Select(layer => Names(layer.Sizes).Aggregate(layer.Attributes, (text, name) => text.Replace("{" + name + "}", $"\"{name}\"", StringComparison.Ordinal)) is var attributes
            ? $"public sealed partial class {layer.Name} {{ {attributes} public partial {layer.Name}({string.Join(", ", Names(layer.Sizes).Select(name => "long " + name))}); }}" : null)) + """

            [Reparameterization]
            public static partial class Rotated
            {
                public static Weight Map(Weight w, [Shape("in", "in")] Weight rotation) => Functions.MatMul(w, rotation);
            }
            public sealed partial class Turned { [Linear("n", "m"), Reparam(typeof(Rotated))] public partial Turned(long n, long m); }
            [LayerModel] public sealed partial class Later : nn.Module<Tensor, Tensor>
            {
                public partial Later(int n, int m);
                [Linear(4, nameof(n))] public partial Layer A { get; }
                [Linear(nameof(n), nameof(m)), Reparam(typeof(Rotated))] public partial Layer B { get; }
                public override Tensor forward(Tensor x) => B.forward(A.forward(x));
            }
            [LayerModel(1, 6, 6)] public sealed partial class Images : nn.Module<Tensor, Tensor>
            {
                public partial Images(long channels, long width, int features, int half);
                [Conv2d(1, nameof(channels), 1)] public partial Layer Stem { get; }
                [Linear(36, nameof(width))] public partial Layer Mid { get; }
                [Linear(nameof(features), 3)] public partial Layer Head { get; }
                [Conv2d(nameof(half), 2, 3, Groups = 2)] public partial Layer Spare { get; }
                public override Tensor forward(Tensor x) => Head.forward(Mid.forward(Stem.forward(x).flatten(2)).flatten(1));
            }
            [LayerModel(5)] public sealed partial class Tokens : nn.Module<Tensor, Tensor>
            {
                public partial Tokens(int count, long dim);
                [Embedding(nameof(count), nameof(dim))] public partial Layer Table { get; }
                [RmsNorm(nameof(dim))] public partial Layer Norm { get; }
                public override Tensor forward(Tensor x) => Norm.forward(Table.forward(x));
            }
            """);
        Assert.Equal(["LDSL309"], run.Diagnostics.Select(diagnostic => diagnostic.Id)); // Spare is checked, but not called.
        Assert.Empty(run.CompileErrors);
        var assembly = run.Load();
        RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle);
        return assembly;
    });

    [Fact]
    public void The_first_message_names_the_size_that_is_none()
    {
        foreach (var layer in Layers)
        {
            var names = Names(layer.Sizes);
            for (var at = 0; at < names.Length; at++)
            {
                foreach (var value in new[] { 0, -1, int.MinValue, long.MinValue, 1L << 31, long.MaxValue })
                {
                    foreach (var others in new[] { layer.Good, layer.Odd })
                    {
                        var refusal = Refused(layer.Name, [.. others.Select((other, k) => (object)(k == at ? value : other))]);
                        Assert.Equal((layer.Name, names[at], value, value < 1 ? "at least 1" : "at most 2147483647"), (refusal.Layer, refusal.Size, refusal.Actual, refusal.Required));
                    }
                }

                Assert.StartsWith(layer.Name, Refused(layer.Name, [.. layer.Good.Select((other, k) => (object)(k == at ? int.MaxValue : other))]).Layer, StringComparison.Ordinal);
            }

            Assert.StartsWith(layer.Name, Refused(layer.Name, [.. names.Select(_ => (object)(long)int.MaxValue)]).Layer, StringComparison.Ordinal);
            ((IDisposable)Make(layer.Name, [.. layer.Good.Select(size => (object)size)])).Dispose();
        }
    }

    [Fact]
    public void What_does_not_divide_comes_before_what_does_not_fit()
    {
        Assert.Equal("a multiple of 2, the number of groups", Refused("Kernels", (long)int.MaxValue, 8L).Required);
        Assert.Equal("a multiple of 4, the group size", Refused("Coded", (long)int.MaxValue, 8L).Required);
        Assert.Equal("a multiple of 2, the number of heads", Refused("Joined", (long)int.MaxValue, 2L).Required);
        Assert.Equal(("Grouped.query", "width", 6L), Named(Refused("Grouped", 6L, 2L)));
        Assert.Equal("Shared.query", Refused("Shared", 1L << 30, 2L).Layer);
        Assert.Equal(("Thin", "the rank of [LowRank]", 4L), Named(Refused("Thin", 8L, 3L)));
    }

    [Fact]
    public void Projections_and_layers_of_a_model_are_checked_before_the_first_is_made()
    {
        Assert.Equal("MaskedParts.output", Refused("MaskedParts", 40_000L, 2L).Layer); // Four times 1.6 · 10⁹; the queries alone would fit.
        Assert.Equal(("B", "the number of values of 'rotation'", 2_500_000_000L), Named(Refused("Later", 50_000, 2)));
        Assert.Equal(("Spare", "half", 0L), Named(Refused("Images", 2L, 3L, 7, 0))); // Features that do not agree are not the first cause,
        Assert.Equal(("Spare", "half", 3L), Named(Refused("Images", 2L, 3L, 7, 3))); // nor when the groups do not divide.
        Assert.Equal(("Head", "features", 7L), Named(Refused("Images", 2L, 3L, 7, 4)));
        Assert.Equal(("Stem", "channels", long.MinValue), Named(Refused("Images", long.MinValue, long.MaxValue, 7, 4)));
    }

    [Fact]
    public void Products_of_sizes_are_exact()
    {
        var large = Refused("Images", (long)int.MaxValue, 59_000_000L, 7, 4);
        Assert.Contains("must be 126701535173000000, the size 'channels * width'", large.Message, StringComparison.Ordinal);

        var three = EquationText.Check(new SizeEquation("Head", Size.Symbol("n"), (Size.Symbol("a") * Size.Symbol("b") * Size.Symbol("c")) - (4 * Size.Symbol("a") * Size.Symbol("b"))));
        Assert.Contains("LayerSizes.Exact(a) * b * c", three, StringComparison.Ordinal);
        Assert.Contains(" - LayerSizes.Exact(4) * a * b", three, StringComparison.Ordinal);

        Assert.Equal("the number of values of 'rotation'", Refused("Turned", 50_000L, 1L).Size);
        using var turned = (Layer)Make("Turned", 3L, 2L);
        Assert.Equal(9 + 6 + 2, turned.GetCertificate().Parameters);
    }

    /// <summary>Twice 2³⁰ inputs are no number of 32 bits: the bound would be negative.</summary>
    [Fact]
    public void The_bound_multiplies_sizes_in_64_bits() =>
        Assert.Contains("(2L * N + 4) * terms", GeneratorRun.Of("public sealed partial class Plain { [Linear(\"n\", 1)] public partial Plain(int n); }").File("Plain.g.cs"), StringComparison.Ordinal);

    [Fact]
    public void A_folded_model_with_more_values_than_an_array_holds_is_refused()
    {
        var constructor = Compiled.Value.GetType("Tokens")!.GetNestedType("Folded")!.GetConstructors().Single();
        static FoldedEmbedding Table() => new("Table", 1, 1, [0]);
        static FoldedRmsNorm Norm() => new("Norm", 1, 1e-5, [1]);
        object Fold(int count, int dim) => constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [count, dim, Table(), Norm()], null);

        var refusal = Assert.Throws<LayerSizeException>(() => Fold(1, int.MaxValue));
        Assert.Equal(("Tokens", "5 * dim", 5L * int.MaxValue), Named(refusal));
        Assert.Contains("'Tokens': dim is 0", Assert.Throws<LayerShapeException>(() => Fold(1, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("'Tokens': dim is -2147483648", Assert.Throws<LayerShapeException>(() => Fold(1, int.MinValue)).Message, StringComparison.Ordinal);
    }

    private static string[] Names(string sizes) => sizes.Split(' ');

    private static (string Layer, string Size, long Actual) Named(LayerSizeException refusal) => (refusal.Layer, refusal.Size, refusal.Actual);

    private static object Make(string name, params object[] sizes)
    {
        var constructor = Compiled.Value.GetType(name)!.GetConstructors().Single();
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. constructor.GetParameters().Zip(sizes, (parameter, size) => Convert.ChangeType(size, parameter.ParameterType, CultureInfo.InvariantCulture))], null);
    }

    /// <summary>The refusal, before any tensor was made.</summary>
    private static LayerSizeException Refused(string name, params object[] sizes)
    {
        _ = Compiled.Value;
        var statistics = DisposeScopeManager.Statistics;
        var made = statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount;
        var refusal = Assert.Throws<LayerSizeException>(() => Make(name, sizes));
        Assert.Equal(made, statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount);
        return refusal;
    }
}
