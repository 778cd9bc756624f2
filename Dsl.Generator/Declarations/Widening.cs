using System.Globalization;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Reparams;

namespace LayerDsl.Generator.Declarations;

/// <summary>The layers and the body of a model after widening, or why it is not possible.</summary>
internal sealed record Widened(EquatableArray<LayerProperty> Properties, ForwardProgram? Forward, EquatableArray<DiagnosticInfo> Diagnostics);

/// <summary>
/// Widens the layers of a model that are declared <c>SparseIso(s, Kind = Wide)</c>, and their neighbours: every hidden width that
/// such a layer reads or writes, features or channels, is multiplied by √(1/(1-s)). Values and layers whose widths change together
/// form a group; the groups of the model's own input and output keep the declared sizes.
/// </summary>
internal sealed class Widening
{
    private const string Remedy = "use Kind = Parallel, Factorized or Doped, which keep the layer's sizes";

    private readonly ForwardProgram program;
    private readonly IReadOnlyDictionary<string, LayerSpec> layers;
    private readonly WidthGroups groups;

    private Widening(ForwardProgram program, IReadOnlyDictionary<string, LayerSpec> layers)
    {
        this.program = program;
        this.layers = layers;
        groups = WidthJoins.Of(program, layers);
    }

    public static bool IsWide(LayerSpec layer) => WideOf(layer) is not null;

    /// <summary>Why a layer outside of a model cannot be widened.</summary>
    public static DiagnosticInfo Alone(LayerSpec layer) => DiagnosticInfo.At(
        WideOf(layer)!.Place, SparseDiagnostics.CannotWiden, layer.Name, "it is a class of its own, without neighbours to widen", "declare it as a property of a [LayerModel], or " + Remedy);

    public static Widened Apply(EquatableArray<LayerProperty> properties, ForwardProgram? forward)
    {
        if (!properties.Any(property => property.Layer is { } layer && IsWide(layer)))
        {
            return new Widened(properties, forward, []);
        }

        if (forward is null)
        {
            var wide = properties.Select(property => property.Layer).Where(layer => layer is not null && IsWide(layer)).Select(layer => layer!);
            return Refused(properties, wide.Select(layer => DiagnosticInfo.At(
                WideOf(layer)!.Place, SparseDiagnostics.CannotWiden, layer.Name, "forward is not known to the end, and some step of it may depend on the layer's sizes", "let forward call layers of this model and known functions only, or " + Remedy)));
        }

        var widening = new Widening(forward, properties.ToDictionary(property => property.Layer!.Name, property => property.Layer!));
        var found = properties.Select(property => property.Layer!).Where(IsWide).Select(widening.Check).Where(fault => fault is not null).Select(fault => fault!).ToArray();
        if (found.Length == 0)
        {
            found = properties.SelectMany(property => widening.CheckSizes(property.Layer!)).ToArray();
        }

        return found.Length > 0
            ? Refused(properties, found)
            : new Widened(properties.Select(property => property with { Layer = widening.Widen(property.Layer!) }).ToEquatableArray(), widening.WidenProgram(), []);
    }

    private static Widened Refused(EquatableArray<LayerProperty> properties, IEnumerable<DiagnosticInfo> found) =>
        new(properties.Select(property => property with { Layer = null }).ToEquatableArray(), null, found.ToEquatableArray());

    private DiagnosticInfo? Check(LayerSpec layer)
    {
        var (input, output) = (WidthJoins.Input(layer.Name), WidthJoins.Output(layer.Name));
        var reason = layer.Kind.Name is not ("Linear" or "Conv2d") ? "only Linear and Conv2d layers are widened"
            : WidthJoins.IsDepthwise(layer) ? "each of its outputs reads one input, so that its kernel grows with the width and not with its square, and the mask saves more than the width costs"
            : Reason(input, "input") ?? Reason(output, "output");
        if (reason is null && groups.IsFixed(input) && groups.IsFixed(output))
        {
            reason = "its input and its output have the sizes of the model's own input and output";
        }

        return reason is null
            ? null
            : DiagnosticInfo.At(WideOf(layer)!.Place, SparseDiagnostics.CannotWiden, layer.Name, reason, "put it between other layers of the model, or " + Remedy);
    }

    /// <summary>A layer beside a wide one may become too large, or too large for its own methods.</summary>
    private IEnumerable<DiagnosticInfo> CheckSizes(LayerSpec layer)
    {
        var widened = Widen(layer);
        if (widened == layer)
        {
            return [];
        }

        var sizes = widened.Kind.Arguments.Select(argument => argument.Number).OrderByDescending(size => size).ToArray();
        var found = sizes[0] > int.MaxValue
            ? [DiagnosticInfo.At(layer.Kind.Place, DeclarationDiagnostics.WeightTooLarge, Text(sizes[0]), Text(sizes.Length > 1 ? sizes[1] : 1))]
            : LayerKinds.Find(layer.Kind.Name).Check(widened.Kind).ToArray();
        return found.Length > 0 ? found : Methods.Check(widened).Where(fault => fault.IsError);
    }

    private string? Reason(string port, string side) => groups.ReasonOf(port) switch
    {
        Fixed.Reshape => $"the size of its {side} is written into a view or reshape, or flattened together with another width",
        Fixed.Image => $"its {side} is the height or width of an image",
        Fixed.Heads => $"its {side} is shared with an attention layer, whose heads divide it",
        Fixed.None when Sparsities(port) is { Length: > 1 } several => $"its {side} is shared by layers of different sparsities, {string.Join(" and ", several.Select(Text))}",
        Fixed.None => layers.Values.Select(layer => GroupsOf(layer, port, side)).FirstOrDefault(reason => reason is not null),
        _ => null,
    };

    /// <summary>Why the groups of a convolution that shares a width keep it from changing.</summary>
    private string? GroupsOf(LayerSpec layer, string port, string side)
    {
        if (layer.Kind.Int("Groups", 1) is not (> 1 and var count) || WidthJoins.IsDepthwise(layer))
        {
            return null;
        }

        var widths = new[] { (WidthJoins.Input(layer.Name), "inChannels"), (WidthJoins.Output(layer.Name), "outChannels") }
            .Where(own => groups.Same(own.Item1, port))
            .Select(own => WidthOf(own.Item1, layer.Kind.Int(own.Item2)))
            .Where(width => width % count != 0)
            .ToArray();
        return widths.Length == 0 ? null : $"its {side} would have {Text(widths[0])} channels, which the {Text(count)} groups of '{layer.Name}' do not divide";
    }

    private LayerSpec Widen(LayerSpec layer)
    {
        if (LayerKinds.Find(layer.Kind.Name).Widths is not { } widths)
        {
            return layer;
        }

        var depthwise = WidthJoins.IsDepthwise(layer);
        return layer with
        {
            Kind = layer.Kind with
            {
                Arguments = layer.Kind.Arguments.Select(argument =>
                    argument.Name == widths.Output || (depthwise && argument.Name == "Groups") ? WithSize(argument, WidthOf(WidthJoins.Output(layer.Name), (int)argument.Number))
                    : argument.Name == widths.Input ? WithSize(argument, WidthOf(WidthJoins.Input(layer.Name), (int)argument.Number))
                    : argument).ToEquatableArray(),
            },
        };
    }

    private ForwardProgram WidenProgram() => program with
    {
        Steps = program.Steps.Select((step, number) => step with
        {
            Shape = step.Shape.Select((size, axis) => (int)WidthOf(WidthJoins.Axis(number, axis), size)).ToEquatableArray(),
        }).ToEquatableArray(),
    };

    private static AttributeArgument WithSize(AttributeArgument argument, long size) => size == (long)argument.Number ? argument : argument with { Text = Text(size), Number = size };

    /// <summary>The width of a group that is not fixed and that a wide layer touches, times what the member is of it; else as declared.</summary>
    private long WidthOf(string member, int declared) => !groups.IsFixed(member) && Sparsities(member) is { Length: > 0 } sparsities
        ? groups.TimesOf(member) * SparseSizes.WidenedBy(sparsities[0], (int)(declared / groups.TimesOf(member)))
        : declared;

    private double[] Sparsities(string member) => layers.Values
        .Where(layer => IsWide(layer) && (groups.Same(member, WidthJoins.Input(layer.Name)) || groups.Same(member, WidthJoins.Output(layer.Name))))
        .Select(layer => SparseIso.SparsityOf(WideOf(layer)!))
        .Distinct()
        .OrderBy(sparsity => sparsity)
        .ToArray();

    private static AttributeSpec? WideOf(LayerSpec layer) =>
        layer.Methods.FirstOrDefault(method => method.Name == SparseIso.Method.Attribute && SparseIso.KindOf(method) == "Wide");

    private static string Text(double value) => value.ToString("G10", CultureInfo.InvariantCulture);
}
