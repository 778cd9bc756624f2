using LayerDsl.Generator;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Tests.Proof;

/// <summary>Every convolution under every composition of methods, as the pipeline proves and differentiates it.</summary>
public class BuiltConvolutionTests
{
    private static readonly (string Name, double Value)[][] Kinds =
    [
        [],
        [("Padding", 1)],
        [("Stride", 2), ("Padding", 1), ("Dilation", 2)],
        [("Groups", 2), ("Bias", 0)],
        [("Groups", 4), ("Stride", 3), ("Padding", 2), ("Dilation", 2)],
    ];

    private static readonly string[][] Methods = [[], ["Compander"], ["LowRank"], ["Compander", "LowRank"], ["LowRank", "Compander"]];

    public static TheoryData<int> Compositions => [.. Enumerable.Range(0, Kinds.Length * Methods.Length)];

    [Theory]
    [MemberData(nameof(Compositions))]
    public void Fold_and_gradients_are_right(int composition)
    {
        var (kind, methods) = Math.DivRem(composition, Methods.Length);
        var task = Task(Kinds[kind], Methods[methods]);

        var proved = LayerPipeline.Prove(task, new Examiner(), CancellationToken.None);
        var differentiated = LayerPipeline.Differentiate(proved, new Examiner(), CancellationToken.None);

        Assert.IsType<Verdict.Proved>(proved.Verdict);
        Assert.Null(differentiated.Check.Error);
        Assert.True(differentiated.Check.Points > 0);
        Assert.Equal(proved.Forms.Stored.Count + 1, differentiated.Gradients.Count);
    }

    private static LayerTask Task((string Name, double Value)[] options, string[] methods)
    {
        (string Name, double Value)[] sizes = [("inChannels", 4), ("outChannels", 8), ("kernelSize", 3), .. options];
        var spec = new LayerSpec("Conv", Attribute("Conv2d", sizes), methods.Select(method => Attribute(method, method == "LowRank" ? [("rank", 2)] : [])).ToEquatableArray());
        return new LayerTask(new TypeSpec(string.Empty, "Conv", "partial", []), new LayerClassNames("Conv", "class Conv", "A layer."), false, "Conv", spec);
    }

    private static AttributeSpec Attribute(string name, params (string Name, double Value)[] arguments) =>
        new(name, arguments.Select(argument => new AttributeArgument(argument.Name, argument.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), argument.Value)).ToEquatableArray(), name);
}
