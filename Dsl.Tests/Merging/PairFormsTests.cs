using System.Globalization;
using LayerDsl.Generator;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Merging;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Tests.Merging;

/// <summary>The claims about merged pairs: every composition is proved, and a merge that forgets something is refuted.</summary>
public sealed class PairFormsTests
{
    private static readonly (string Name, double Value)[] Convolution = [("inChannels", 4), ("outChannels", 6), ("kernelSize", 3)];
    private static readonly (string Name, double Value)[] Linear = [("inFeatures", 6), ("outFeatures", 5)];

    private static readonly Dictionary<string, MergedPair> Pairs = new()
    {
        ["convolution"] = AfterConvolution([], [], 1),
        ["convolution without bias, strided"] = AfterConvolution([("Bias", 0), ("Stride", 2), ("Padding", 1)], [], 1),
        ["grouped convolution"] = AfterConvolution([("Groups", 2)], [], 1),
        ["companded convolution"] = AfterConvolution([], ["Compander"], 1),
        ["low-rank convolution"] = AfterConvolution([], ["LowRank"], 1),
        ["companded sum"] = AfterConvolution([], ["LowRank", "Compander"], 1),
        ["normalization without weight"] = AfterConvolution([], [], 0),
        ["linear"] = AfterLinear([], [], 1),
        ["linear without bias"] = AfterLinear([("Bias", 0)], [], 1),
        ["companded linear"] = AfterLinear([], ["Compander"], 1),
        ["low-rank linear"] = AfterLinear([], ["LowRank"], 1),
        ["companded linear sum"] = AfterLinear([], ["LowRank", "Compander"], 0),
        ["codes"] = InCodes("Linear(inFeatures = 6, outFeatures = 5)", "Quantize(Bits = 4)"),
        ["codes with zero points, in groups"] = InCodes("Linear(inFeatures = 8, outFeatures = 5, Bias = 0)", "Quantize(Bits = 4, Symmetric = 0, Granularity = Group, GroupSize = 4)"),
        ["codes of a companded sum"] = InCodes("Linear(inFeatures = 6, outFeatures = 5)", "LowRank(rank = 2), Compander, Quantize(Bits = 4, Scheme = Nf4)"),
        ["powers of two"] = InCodes("Conv2d(inChannels = 4, outChannels = 6, kernelSize = 3)", "Quantize(Bits = 4, Scheme = Log2)"),
        ["learned scale"] = InCodes("Conv2d(inChannels = 4, outChannels = 6, kernelSize = 3, Groups = 2, Bias = 0)", "Quantize(Bits = 2, Scheme = Lsq)"),
        ["binary planes"] = InCodes("Linear(inFeatures = 6, outFeatures = 5)", "Quantize(Bits = 2, Scheme = Binary)"),
        ["layer normalization"] = BeforeLinear("LayerNorm", [], [], 1),
        ["layer normalization without bias"] = BeforeLinear("LayerNorm", [("Bias", 0)], [], 1),
        ["layer normalization, linear without bias"] = BeforeLinear("LayerNorm", [], [], 0),
        ["layer normalization, low rank"] = BeforeLinear("LayerNorm", [], ["LowRank"], 1),
        ["layer normalization, companded"] = BeforeLinear("LayerNorm", [], ["Compander"], 1),
        ["layer normalization, sum of companded"] = BeforeLinear("LayerNorm", [], ["Compander", "LowRank"], 1),
        ["root mean square"] = BeforeLinear("RmsNorm", [], [], 1),
    };

    public static TheoryData<string> Names => [.. Pairs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_merge_is_proved(string name) =>
        Assert.IsType<Verdict.Proved>(Prover.Prove(PairForms.Of(Pairs[name]).Claim, CancellationToken.None));

    /// <summary>Each merged tensor with one of its parts forgotten: the scale, the shift, a bias.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_merge_that_forgets_a_part_is_refuted(string name)
    {
        var claim = PairForms.Of(Pairs[name]).Claim;
        for (var k = 0; k < claim.Folds.Count; k++)
        {
            foreach (var wrong in Mutants(claim.Folds[k].Value))
            {
                var folds = claim.Folds.Select((fold, number) => number == k ? fold with { Value = wrong } : fold).ToEquatableArray();
                Assert.IsType<Verdict.Refuted>(Prover.Prove(claim with { Folds = folds }, CancellationToken.None));
            }
        }
    }

    private static IEnumerable<Expr> Mutants(Expr value) => value is Map { Function: Function.Add or Function.Subtract or Function.Multiply } map
        ? [map.Arguments[0], map.Arguments[1]]
        : [2 * value];

    private static MergedPair AfterConvolution((string Name, double Value)[] options, string[] methods, double affine) =>
        new(Layer("Conv", "Conv2d", [.. Convolution, .. options], methods), Layer("Norm", "BatchNorm2d", [("features", 6), ("Affine", affine)], []));

    private static MergedPair AfterLinear((string Name, double Value)[] options, string[] methods, double affine) =>
        new(Layer("Hidden", "Linear", [.. Linear, .. options], methods), Layer("Norm", "BatchNorm1d", [("features", 5), ("Affine", affine)], []));

    private static MergedPair InCodes(string kind, string methods)
    {
        var layer = Proof.Declarations.Task(kind + ", " + methods).Layer;
        var norm = kind.StartsWith("Linear", StringComparison.Ordinal) ? ("BatchNorm1d", 5) : ("BatchNorm2d", 6);
        return new(layer, Layer("Norm", norm.Item1, [("features", norm.Item2)], []));
    }

    private static MergedPair BeforeLinear(string norm, (string Name, double Value)[] options, string[] methods, double bias) =>
        new(Layer("Norm", norm, [("features", 6), .. options], []), Layer("Head", "Linear", [.. Linear, ("Bias", bias)], methods));

    private static LayerSpec Layer(string name, string kind, (string Name, double Value)[] arguments, string[] methods) =>
        new(name, Attribute(kind, arguments), methods.Select(method => Attribute(method, method == "LowRank" ? [("rank", 2)] : [])).ToEquatableArray());

    private static AttributeSpec Attribute(string name, (string Name, double Value)[] arguments) => new(
        name,
        arguments.Select(argument => new AttributeArgument(argument.Name, argument.Value.ToString(CultureInfo.InvariantCulture), argument.Value)).ToEquatableArray(),
        name);
}
