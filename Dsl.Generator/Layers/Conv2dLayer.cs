using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams;
using LayerDsl.Generator.Reparams.Quantization;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// The two-dimensional convolution, <c>y[b,o,p,q] = Σ_c,u,v x[b,c,s·p+d·u-pad,s·q+d·v-pad]·W[o,c,u,v] + bias[o]</c>, where a
/// place outside of the image counts as zero. Of g groups each output o meets the channels of its own group only:
/// the group γ for which o - γ·(out/g) lies within a group.
/// Training applies low-rank terms of W as branches where there is one group; inference uses one merged kernel.
/// </summary>
internal static class Conv2dLayer
{
    private const long LargestWeight = int.MaxValue;

    public static LayerKind Kind { get; } = new("Conv2d", Check, WeightOf, ShapeOf, Build) { Widths = new("inChannels", "outChannels") { OfImages = true } };

    /// <summary>Sizes are at least one, groups divide the channels, and the weight fits into one .NET array.</summary>
    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec kind)
    {
        var wrong = new[] { ("inChannels", 1, 0), ("outChannels", 1, 0), ("kernelSize", 1, 0), ("Stride", 1, 1), ("Dilation", 1, 1), ("Groups", 1, 1), ("Padding", 0, 0) }
            .Where(row => kind.Int(row.Item1, row.Item3) < row.Item2)
            .ToArray();
        foreach (var (name, least, otherwise) in wrong)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.SizeOutOfRange, "Conv2d", name, Text(kind.Int(name, otherwise)), Text(least));
        }

        if (wrong.Length > 0)
        {
            yield break;
        }

        var (channels, outputs, groups) = (kind.Int("inChannels"), kind.Int("outChannels"), kind.Int("Groups", 1));
        if (channels % groups != 0 || outputs % groups != 0)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.GroupsDoNotDivide, Text(groups), kind.Choice("inChannels", string.Empty), kind.Choice("outChannels", string.Empty));
        }
        else if (kind.Int("kernelSize") > short.MaxValue || (double)channels / groups * outputs * kind.Int("kernelSize") * kind.Int("kernelSize") > LargestWeight)
        {
            yield return DiagnosticInfo.At(
                kind.Place, DeclarationDiagnostics.WeightTooLarge, Text(outputs), Text(channels / groups) + " × " + Text(kind.Int("kernelSize")) + " × " + Text(kind.Int("kernelSize")));
        }
    }

    /// <summary>A kernel with a low-rank term folds to one merged kernel: there is no folded branch of a convolution.</summary>
    private static Conv2dShape ShapeOf(LayerSpec spec) => ShapeOf(spec.Name, spec.Kind) with
    {
        Format = Methods.FormatOf(spec.Methods, WeightOf(spec.Kind)) is { Rank: 0 } format ? format : null,
        Activation = Methods.ActivationOf(spec.Methods),
    };

    private static Conv2dShape ShapeOf(string name, AttributeSpec kind) => new(
        name,
        kind.Int("inChannels"),
        kind.Int("outChannels"),
        kind.Int("kernelSize"),
        kind.Int("Stride", 1),
        kind.Int("Padding"),
        kind.Int("Dilation", 1),
        kind.Int("Groups", 1),
        kind.Flag("Bias", true))
    {
        ChannelsText = kind.Parameters.Any() ? kind.Size("inChannels") + ", " + kind.Size("outChannels") : null,
    };

    private static WeightShape WeightOf(AttributeSpec kind)
    {
        var layer = ShapeOf(string.Empty, kind);
        var grouped = layer.Groups > 1;
        return new(
            [
                new Index("o", grouped ? Size.Symbol("groups") * Size.Symbol("group_out") : Size.Symbol("out")),
                new Index("c", Size.Symbol(grouped ? "group_in" : "in")),
                new Index("u", Size.Symbol("kernel")),
                new Index("v", Size.Symbol("kernel")),
            ],
            [layer.OutChannels, layer.InChannels / layer.Groups, layer.KernelSize, layer.KernelSize])
        {
            Texts = kind.Parameters.Any() ? [kind.Size("outChannels"), InGroups(kind.Size("inChannels"), layer.InChannels, layer.Groups), kind.Size("kernelSize"), kind.Size("kernelSize")] : [],
        };
    }

    /// <summary>The channels of one group, as generated code writes them.</summary>
    public static string InGroups(string channels, int number, int groups) =>
        groups == 1 ? channels : channels.All(char.IsDigit) ? Text(number / groups) : channels + " / " + Text(groups);

    private static LayerForms Build(LayerSpec spec)
    {
        var layer = ShapeOf(spec);
        var shape = WeightOf(spec.Kind);
        var weight = Methods.Apply(spec.Methods, shape);
        var merged = Methods.Apply(Reparam.Folding(spec.Methods), shape);
        var window = new Conv2dWindow(layer, shape);
        var o = shape.Output;
        var bias = new Tensor("bias", TensorRole.Trainable, [o]);
        var folded = new Tensor("W", TensorRole.Folded, shape.Axes);

        var inference = AddBias(window.Convolve(folded.All));
        var rounded = layer.Activation is { } activation ? ActivationGrids.Of(activation, window.Input) : null;
        var packed = merged is { Packed: { } codes, Branches.Count: 0 } ? codes : null;
        return new LayerForms(
            spec.Name,
            Title(spec, layer),
            layer,
            shape,
            window.Input,
            Order:
            [
                window.Batch, o, .. weight.Stored.SelectMany(stored => stored.Tensor.Axes).Distinct().Where(axis => !shape.Axes.Contains(axis)),
                .. shape.Inputs, .. window.Positions, .. window.Input.Axes.Skip(1),
            ],
            OutputAxes: [window.Batch, o, .. window.Positions],
            new Claim(spec.Name, AddBias(Training(window, weight)), inference, [new FoldDefinition(folded, merged.Merged)], []),
            layer.Bias ? [.. weight.Stored, new StoredTensor(bias, "added to the output")] : weight.Stored,
            weight.Initialization,
            rounded is null ? weight.Notes : [.. weight.Notes, rounded.Note],
            [.. window.Sizes, .. weight.Sizes],
            Unit: "output position")
        {
            Rounded = weight.Rounded,
            Fit = weight.Fit,
            Packed = packed is null ? null : PackedForms.Of(spec.Name, AddBias(Training(window, weight)), packed, [], kernel => AddBias(Training(window, weight with { Dense = kernel }))),
            Activation = rounded is null ? null : InputForms.Of(
                spec.Name,
                rounded,
                AddBias(Training(window, weight)),
                AddBias(Inference(rounded, packed, new Conv2dWindow(layer, shape) { Image = rounded.Steps }, folded)),
                packed?.Folds ?? [new FoldDefinition(folded, merged.Merged)]),
            Branches = window.IsGrouped ? [] : weight.Branches,
            Merged = weight is { Branches.Count: > 0, Dense: Access { Tensor.Role: TensorRole.Trainable } } && rounded is null && !window.IsGrouped ? AddBias(window.Convolve(Name("merged", weight.Merged))) : null,
            Masks = weight.Masks,
            NonZeros = weight.Branches.Count == 0 ? weight.NonZeros : null,
            Updates = weight.Updates,
        }.RoundedToNearest(weight.Dither);

        Expr AddBias(Expr product) => layer.Bias ? product + bias[o] : product;
    }

    /// <summary>A branch of r channels would have to be split into groups as well: there the merged kernel is cheaper.</summary>
    private static Expr Training(Conv2dWindow window, EffectiveWeight weight)
    {
        if (weight.Branches.Count == 0)
        {
            return window.Convolve(weight.Dense);
        }

        return window.IsGrouped
            ? window.Convolve(Name("merged", weight.Merged))
            : weight.Branches.Aggregate(weight.Dense is Literal ? weight.Dense : Name("dense", window.Convolve(weight.Dense)), (sum, branch) => sum + window.Apply(branch));
    }

    /// <summary>In codes of the input: whole numbers convolved with whole numbers, times the scales of both sides, where the kernel stands for whole numbers.</summary>
    private static Expr Inference(RoundedInput rounded, PackedWeight? packed, Conv2dWindow codes, Tensor folded) =>
        packed is null ? rounded.Scale * codes.Convolve(folded.All)
        : packed.WholeParts is { Count: > 0 } parts
            ? parts.Select(part => rounded.Scale / part.Divisor * part.Coefficient * packed.Scale.All * codes.Convolve(part.Value)).Aggregate((sum, next) => sum + next)
        : rounded.Scale * codes.Convolve(packed.Decoded);

    private static string Title(LayerSpec spec, Conv2dShape layer) =>
        "Conv2d(" + spec.Kind.Size("inChannels") + " → " + spec.Kind.Size("outChannels") + ", kernel " + Text(layer.KernelSize)
        + Unless(layer.Stride, 1, "stride") + Unless(layer.Padding, 0, "padding") + Unless(layer.Dilation, 1, "dilation") + Unless(layer.Groups, 1, "groups")
        + (layer.Bias ? string.Empty : ", no bias") + ")"
        + string.Concat(spec.Methods.Select(method => ", " + Methods.Title(method)));

    private static string Unless(int value, int otherwise, string name) => value == otherwise ? string.Empty : ", " + name + " " + Text(value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
