using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Sizes;

/// <summary>A layer on a class of its own: its attributes with sizes in braces, the sizes that its constructor takes, and some values with an input for each.</summary>
internal sealed record SizedForm(string Name, string Attributes, string Sizes, int[][] Values, Func<int[], long[]> Input)
{
    public string[] Names => [.. Sizes.Split(", ").Select(size => size.Split(' ')[1])];

    public string Sized => $"public sealed partial class {Name} {{ {Names.Aggregate(Attributes, (text, name) => text.Replace("{" + name + "}", $"\"{name}\"", StringComparison.Ordinal))} public partial {Name}({Sizes}); }}";

    /// <summary>Heads of keys are a property where they are a number.</summary>
    public string Numbered(int at) => Names.Zip(Values[at]).Aggregate(Attributes.Replace(", {kvHeads}", ", KvHeads = {kvHeads}", StringComparison.Ordinal), (text, pair) => text.Replace("{" + pair.First + "}", pair.Second.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
        + $" public sealed partial class {NumberedName(at)};";

    public string NumberedName(int at) => Name + "Numbered" + at.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Layers whose constructors take sizes, and the same layers declared with numbers, in one compilation.</summary>
internal static class SizedForms
{
    private static readonly SizedForm[] Forms =
    [
        new("GroupedPlain", "[Conv2d({channels}, {filters}, 3, Groups = 2, Stride = 2)]", "int channels, int filters", [[4, 6], [2, 4]], Image),
        new("GroupedSum", "[Conv2d({channels}, {filters}, 3, Padding = 1, Groups = 2), Compander, LowRank(2, Alpha = 3)]", "int channels, long filters", [[4, 6], [6, 8]], Image),
        new("GroupedCodes", "[Conv2d({channels}, 6, 3, Groups = 3, Dilation = 2, Bias = false), Quantize(Bits = 4)]", "int channels", [[3], [9]], Image),
        new("GroupedFilters", "[Conv2d(4, {filters}, 2, Groups = 4), Quantize(Bits = 3, Granularity = Granularity.Tensor)]", "int filters", [[4], [8]], _ => [2, 4, 7, 6]),
        new("Branch", "[Linear({n}, {m}), LowRank(2)]", "int n, int m", [[16, 12]], sizes => [3, sizes[0]]),
        new("Branches", "[Linear({n}, {m}), SparseIso(0.75, Kind = SparseKind.Parallel)]", "int n, int m", [[8, 6], [5, 3], [40, 30]], sizes => [3, sizes[0]]),
        new("BranchesOfKernels", "[Conv2d({channels}, 4, 3, Groups = 2), SparseIso(0.9, Kind = SparseKind.Parallel, Mask = MaskSchedule.RigL), LowRank(1)]", "int channels", [[4]], Image),
        new("BranchesOfCurves", "[Conv2d({channels}, {filters}, 3), SparseIso(0.9, Kind = SparseKind.Parallel), Compander]", "int channels, int filters", [[4, 3]], Image),
        new("AttentionBranches", "[Attention({width}, 2), SparseIso(0.5, Kind = SparseKind.Parallel, On = Part.Key), Quantize(Bits = 4, On = Part.Key)]", "int width", [[8]], Tokens),
        new("AttentionCapital", "[Attention({Width}, {Heads}, KvHeads = 2)]", "long Width, long Heads", [[8, 4]], Tokens),
        new("AttentionPlain", "[Attention({width}, {heads})]", "int width, int heads", [[12, 3], [4, 4], [6, 1]], Tokens),
        new("AttentionShared", "[Attention({width}, {heads}, KvHeads = 2, Causal = true), LowRank(1, On = Part.Key), Compander(On = Part.Query | Part.Output)]", "long width, int heads", [[8, 4], [6, 2]], Tokens),
        new("AttentionOneKey", "[Attention({width}, 4, KvHeads = 1, Bias = false), Quantize(Bits = 4)]", "int width", [[8], [12]], Tokens),
        new("AttentionHeads", "[Attention(8, {heads}, KvHeads = 2), Quantize(Bits = 3, Granularity = Granularity.Group, GroupSize = 4)]", "int heads", [[2], [4]], _ => [2, 5, 8]),
        new("AttentionKeySize", "[Attention({keySize}, {x}, KvHeads = 2), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, On = Part.Value)]", "int keySize, int x", [[8, 4]], Tokens),
        new("AttentionKeys", "[Attention({width}, {heads}, {kvHeads}, Causal = true), LowRank(1, On = Part.Key), Quantize(Bits = 4, On = Part.Value)]", "int width, long heads, long kvHeads", [[8, 4, 2], [6, 2, 2], [9, 3, 1]], Tokens),
        new("AttentionKeysAlone", "[Attention(8, 4, {kvHeads}, Bias = false), SparseIso(0.5, Kind = SparseKind.Parallel, On = Part.Key)]", "int kvHeads", [[2], [1], [4]], _ => [2, 5, 8]),
        new("GroupedInputs", "[Conv2d({channels}, 4, 3, Groups = 2), Quantize(Bits = 3, Scheme = Scheme.Lsq, Activations = true)]", "int channels", [[2], [6]], Image),
    ];

    private static readonly Lazy<Assembly> Compiled = new(() =>
    {
        var run = GeneratorRun.Of(string.Join("\n", Forms.SelectMany(form => form.Values.Select((_, at) => (string?)form.Numbered(at)).Append(form.Sized))));
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
        var assembly = run.Load();
        RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle);
        return assembly;
    });

    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var form in Forms)
            {
                Enumerable.Range(0, form.Values.Length).ToList().ForEach(at => all.Add(form.Name, at));
            }

            return all;
        }
    }

    /// <summary>Compiles them.</summary>
    public static void Prepare() => _ = Compiled.Value;

    public static SizedForm Find(string name) => Forms.Single(form => form.Name == name);

    public static Layer Make(string name, params long[] sizes)
    {
        var constructor = Compiled.Value.GetType(name)!.GetConstructors().Single();
        var arguments = constructor.GetParameters().Zip(sizes, (parameter, size) => Convert.ChangeType(size, parameter.ParameterType, CultureInfo.InvariantCulture)).ToArray();
        return (Layer)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    public static Layer MakeNumbered(string name, int at) => (Layer)Activator.CreateInstance(Compiled.Value.GetType(Find(name).NumberedName(at))!)!;

    /// <summary>The text that a layer's class keeps of what was proved of it.</summary>
    public static string CertificateOf(string name) => (string)Compiled.Value.GetType(name)!.GetField("Certificate")!.GetRawConstantValue()!;

    /// <summary>Those of all layers whose constructors take sizes, projections of attention included.</summary>
    public static IEnumerable<string> Certificates =>
        Forms.Select(form => Compiled.Value.GetType(form.Name)!).SelectMany(type => type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Append(type)).Select(type => type.GetField("Certificate")?.GetRawConstantValue()).OfType<string>();

    private static long[] Tokens(int[] sizes) => [2, 5, sizes[0]];

    private static long[] Image(int[] sizes) => [2, sizes[0], 7, 6];
}
