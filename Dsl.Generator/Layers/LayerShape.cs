using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>What a model's <c>forward</c> and its folded half need to know of a layer: its folded form, without weights.</summary>
/// <param name="Name">The name of the property.</param>
/// <param name="Bias">Whether the folded layer has a bias.</param>
internal abstract record LayerShape(string Name, bool Bias)
{
    /// <summary>How the weight is folded to codes; null where it stays in 32-bit floats.</summary>
    public FormatSpec? Format { get; init; }

    /// <summary>How the input is rounded to codes; null where it stays in 32-bit floats.</summary>
    public ActivationSpec? Activation { get; init; }

    /// <summary>The sizes that the model's constructor takes, by the argument of the kind that they are bound to.</summary>
    public EquatableArray<BoundSize> Bound { get; init; } = [];

    /// <summary>The layer in the signature of a model, with the formats of its weight and its input.</summary>
    public string FullSignature => Signature + (Format is null ? string.Empty : " in " + Format.Signature) + (Activation is null ? string.Empty : ", " + Activation.Signature);

    /// <summary>The runtime's class of the folded layer.</summary>
    public abstract string FoldedType { get; }

    /// <summary>The name of the kind, as the runtime's methods end with: <c>ReadLinear</c>, <c>MakeLinear</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The sizes as arguments in generated code.</summary>
    public abstract string Arguments { get; }

    /// <summary>Whether there is a bias, as the argument that follows in generated code; empty where the kind leaves no choice.</summary>
    public virtual string BiasArgument => ", bias: " + (Bias ? "true" : "false");

    /// <summary>The last dimension of the input, where that tells an input that nothing else does.</summary>
    public virtual Size? Width => null;

    /// <summary>The layer in the signature of a model, by which saved files are told apart.</summary>
    public abstract string Signature { get; }

    /// <summary>What the layer asks of a sample, in words.</summary>
    public abstract string Wanted { get; }

    /// <summary>The output of one sample, or null where the sample does not fit.</summary>
    public abstract EquatableArray<Size>? OutputOf(EquatableArray<Size> sample);

    /// <summary>The sample whose output is the given one, where only one is.</summary>
    public abstract EquatableArray<Size>? InputOf(EquatableArray<Size> output);

    /// <summary>The size of a sample that the layer asks for, and the one that it is given; null where it asks for none.</summary>
    public virtual (Size Wanted, Size Given)? Joint(EquatableArray<Size> sample) => Width is { } width && sample.Count > 0 ? (width, sample[sample.Count - 1]) : null;

    /// <summary>The layer with sizes by the names of the model's parameters.</summary>
    public static LayerShape Of(LayerSpec layer) => AsWritten(layer with { Kind = layer.Kind.ByParameters() });

    /// <summary>The layer with sizes as its attribute says: in its own class, by properties.</summary>
    public static LayerShape AsWritten(LayerSpec layer) => LayerKinds.Find(layer.Kind.Name).Shape(layer) with
    {
        Bound = layer.Kind.Arguments.Where(argument => argument.IsParameter).Select(argument => new BoundSize(argument.Name, argument.Text)).ToEquatableArray(),
    };

    /// <summary>A size of the layer: its number, or the parameter that it is bound to.</summary>
    private protected Size SizeOf(string argument, int number) =>
        Bound.FirstOrDefault(bound => bound.Argument.Equals(argument, StringComparison.OrdinalIgnoreCase)) is { Parameter: { } parameter } ? Size.Symbol(parameter) : number;

    /// <summary>Whether both can be one number: sizes of the constructor are compared when it runs.</summary>
    private protected static bool Fits(Size wanted, Size given) => wanted == given || wanted.Constant is null || given.Constant is null;

    private protected static string Text(Size size) => SizeCode.Of(size);

    private protected static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private protected static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A linear layer: it works on the last dimension.</summary>
internal sealed record LinearShape(string Name, int InFeatures, int OutFeatures, bool Bias) : LayerShape(Name, Bias)
{
    public override string FoldedType => "FoldedLinear";

    public override string Kind => "Linear";

    private Size Inputs => SizeOf("inFeatures", InFeatures);

    private Size Outputs => SizeOf("outFeatures", OutFeatures);

    public override string Arguments => Text(Inputs) + ", " + Text(Outputs);

    public override string Signature => "Linear(" + Arguments + (Bias ? ")" : ", no bias)");

    public override string Wanted => "a last dimension of " + Text(Inputs);

    public override Size? Width => Inputs;

    public override EquatableArray<Size>? OutputOf(EquatableArray<Size> sample) =>
        sample.Count > 0 && Fits(Inputs, sample[sample.Count - 1]) ? WithLast(sample, Outputs) : null;

    public override EquatableArray<Size>? InputOf(EquatableArray<Size> output) => output.Count > 0 ? WithLast(output, Inputs) : null;

    private static EquatableArray<Size> WithLast(EquatableArray<Size> shape, Size size) => [.. shape.Take(shape.Count - 1), size];
}

/// <summary>A convolution: it works on (channels, height, width).</summary>
internal sealed record Conv2dShape(
    string Name, int InChannels, int OutChannels, int KernelSize, int Stride, int Padding, int Dilation, int Groups, bool Bias) : LayerShape(Name, Bias)
{
    /// <summary>The channels as arguments in generated code, where the constructor takes some; null where they are numbers.</summary>
    public string? ChannelsText { get; init; }

    public override string FoldedType => "FoldedConv2d";

    public override string Kind => "Conv2d";

    public override string Arguments =>
        $"new Conv2dGeometry({ChannelsText ?? Text(InChannels) + ", " + Text(OutChannels)}, KernelSize: {Text(KernelSize)}"
        + Unless(Stride, 1, "Stride") + Unless(Padding, 0, "Padding") + Unless(Dilation, 1, "Dilation") + Unless(Groups, 1, "Groups") + ")";

    public override string Signature =>
        $"Conv2d({Text(Channels)}, {Text(Filters)}, {Text(KernelSize)}, stride {Text(Stride)}, padding {Text(Padding)}, dilation {Text(Dilation)}, groups {Text(Groups)}"
        + (Bias ? ")" : ", no bias)");

    public override string Wanted => $"({Text(Channels)}, height, width), height and width at least {Math.Max(1, Extent - (2L * Padding)).ToString(CultureInfo.InvariantCulture)}";

    private Size Channels => SizeOf("inChannels", InChannels);

    private Size Filters => SizeOf("outChannels", OutChannels);

    /// <summary>How many rows of the padded image one kernel spans.</summary>
    private long Extent => ((long)Dilation * (KernelSize - 1)) + 1;

    public override (Size Wanted, Size Given)? Joint(EquatableArray<Size> sample) => sample.Count == 3 ? (Channels, sample[0]) : null;

    public override EquatableArray<Size>? OutputOf(EquatableArray<Size> sample) =>
        sample.Count == 3 && Fits(Channels, sample[0]) && Along(sample[1]) is >= 1 and <= int.MaxValue and var rows && Along(sample[2]) is >= 1 and <= int.MaxValue and var columns
            ? [Filters, rows, columns]
            : null;

    /// <summary>With a stride of 1 every output size has one input size.</summary>
    public override EquatableArray<Size>? InputOf(EquatableArray<Size> output) =>
        Stride == 1 && output.Count == 3 && Before(output[1]) is >= 1 and <= int.MaxValue and var rows && Before(output[2]) is >= 1 and <= int.MaxValue and var columns
            ? [Channels, rows, columns]
            : null;

    /// <summary>The outputs along a side of the image; less than 1 if the kernel is larger than the padded image, or the side is no number.</summary>
    private long Along(Size side) => side.Constant is not { } size || size + (2L * Padding) < Extent ? 0 : ((size + (2L * Padding) - Extent) / Stride) + 1;

    /// <summary>The side of the image that has so many outputs, with a stride of 1.</summary>
    private long Before(Size side) => side.Constant is { } size ? size + Extent - 1 - (2L * Padding) : 0;

    private static string Unless(int value, int otherwise, string name) => value == otherwise ? string.Empty : $", {name}: {Text(value)}";
}
