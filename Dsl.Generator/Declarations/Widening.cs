using System.Globalization;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Reparams;

namespace LayerDsl.Generator.Declarations;

/// <summary>The layers and the body of a model after widening, or why it is not possible.</summary>
internal sealed record Widened(EquatableArray<LayerProperty> Properties, ForwardProgram? Forward, EquatableArray<DiagnosticInfo> Diagnostics);

/// <summary>
/// Widens the layers of a model that are declared <c>SparseIso(s, Kind = Wide)</c>, and their neighbours: every hidden width that
/// such a layer reads or writes is multiplied by √(1/(1-s)). Values and layers that must have the same width form a group; the
/// groups of the model's own input and output keep the declared sizes.
/// </summary>
internal sealed class Widening
{
    private const string Remedy = "use Kind = Parallel, Factorized or Doped, which keep the layer's sizes";

    private readonly ForwardProgram program;
    private readonly IReadOnlyDictionary<string, LayerSpec> layers;
    private readonly WidthGroups groups = new();

    private Widening(ForwardProgram program, IReadOnlyDictionary<string, LayerSpec> layers)
    {
        this.program = program;
        this.layers = layers;
        groups.Fix(Value(-1), Fixed.Border);
        groups.Fix(Value(program.Result), Fixed.Border);
        for (var step = 0; step < program.Steps.Count; step++)
        {
            Join(program.Steps[step], step);
        }
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

    private void Join(ForwardStep step, int number)
    {
        switch (step)
        {
            case ForwardStep.Layer { Name: var name, Argument: var argument }:
                groups.Join(Value(argument), Input(name));
                groups.Join(Value(number), Output(name));
                if (layers[name].Kind.Name != "Linear")
                {
                    groups.Fix(Value(argument), Fixed.OtherKind);
                    groups.Fix(Value(number), Fixed.OtherKind);
                }

                break;
            case ForwardStep.Reshape reshape:
                groups.Fix(Value(reshape.Argument), Fixed.Reshape);
                groups.Fix(Value(number), Fixed.Reshape);
                break;
            default:
                foreach (var operand in step.Reads)
                {
                    groups.Join(Value(operand), Value(number));
                }

                break;
        }
    }

    private DiagnosticInfo? Check(LayerSpec layer)
    {
        var (input, output) = (Input(layer.Name), Output(layer.Name));
        var reason = layer.Kind.Name != "Linear" ? "only Linear layers are widened" : new[] { (input, "input"), (output, "output") }.Select(side => Reason(side.Item1, side.Item2)).FirstOrDefault(text => text is not null);
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
        var (inputs, outputs) = (WidthOf(Input(layer.Name), layer.Kind.Int("inFeatures")), WidthOf(Output(layer.Name), layer.Kind.Int("outFeatures")));
        return (double)inputs * outputs > int.MaxValue
            ? [DiagnosticInfo.At(layer.Kind.Place, DeclarationDiagnostics.WeightTooLarge, Text(outputs), Text(inputs))]
            : Methods.Check(Widen(layer)).Where(fault => fault.IsError);
    }

    private string? Reason(string port, string side) => groups.ReasonOf(port) switch
    {
        Fixed.Reshape => $"the size of its {side} is written into a view, reshape or flatten",
        Fixed.OtherKind => $"its {side} is shared with a layer that is not Linear",
        Fixed.None when Sparsities(port) is { Length: > 1 } several => $"its {side} is shared by layers of different sparsities, {string.Join(" and ", several.Select(Text))}",
        _ => null,
    };

    private LayerSpec Widen(LayerSpec layer) => layer with
    {
        Kind = layer.Kind with
        {
            Arguments = layer.Kind.Arguments.Select(argument => argument.Name switch
            {
                "inFeatures" => WithSize(argument, WidthOf(Input(layer.Name), (int)argument.Number)),
                "outFeatures" => WithSize(argument, WidthOf(Output(layer.Name), (int)argument.Number)),
                _ => argument,
            }).ToEquatableArray(),
        },
    };

    private ForwardProgram WidenProgram() => program with
    {
        Steps = program.Steps.Select((step, number) => step with { Shape = WidenLast(step.Shape, Value(number)) }).ToEquatableArray(),
    };

    private EquatableArray<int> WidenLast(EquatableArray<int> shape, string value) =>
        shape.Count == 0 ? shape : [.. shape.Take(shape.Count - 1), (int)WidthOf(value, shape[shape.Count - 1])];

    private static AttributeArgument WithSize(AttributeArgument argument, long size) => argument with { Text = Text(size), Number = size };

    /// <summary>The width of a group that is not fixed and that a wide layer touches; else as declared.</summary>
    private long WidthOf(string member, int declared) => !groups.IsFixed(member) && Sparsities(member) is { Length: > 0 } sparsities
        ? SparseSizes.WidenedBy(sparsities[0], declared)
        : declared;

    private double[] Sparsities(string member) => layers.Values
        .Where(layer => IsWide(layer) && (groups.Same(member, Input(layer.Name)) || groups.Same(member, Output(layer.Name))))
        .Select(layer => SparseIso.SparsityOf(WideOf(layer)!))
        .Distinct()
        .OrderBy(sparsity => sparsity)
        .ToArray();

    private static AttributeSpec? WideOf(LayerSpec layer) =>
        layer.Methods.FirstOrDefault(method => method.Name == SparseIso.Method.Attribute && SparseIso.KindOf(method) == "Wide");

    private static string Value(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Input(string layer) => layer + " in";

    private static string Output(string layer) => layer + " out";

    private static string Text(double value) => value.ToString("G10", CultureInfo.InvariantCulture);
}
