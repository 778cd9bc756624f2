using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Reparams.Quantization;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams;

/// <summary>
/// Quantization of the weight so far: <c>W' = decode(codes(W), scale(W))</c> on the grid of a scheme, one scale for the tensor, a channel or a group.
/// Training rounds in every pass; gradients pass straight through (Bengio et al. 2013, arXiv 1308.3432), or as the scheme declares.
/// The fold computes codes and scales once. A loaded weight is taken as it is: rounding is idempotent only on the grid.
/// </summary>
internal static class Quantize
{
    public static Method Method { get; } = new("Quantize", Check, Apply, BaseName: _ => null, Freezes: _ => false)
    {
        Block = attribute => Granularity(attribute) == "Group" ? GroupSize(attribute) : 0,
    };

    private static readonly IReadOnlyDictionary<string, Grid> Grids = new Dictionary<string, Grid>
    {
        ["Uniform"] = UniformGrid.Grid,
        ["Log2"] = LogGrids.Log2,
        ["LogSqrt2"] = LogGrids.LogSqrt2,
        ["StatsQ"] = StatsQGrid.Grid,
        ["Lsq"] = LsqGrid.Grid,
        ["DoReFa"] = DoReFaGrid.Grid,
        ["Nf4"] = NormalFloatGrid.Grid,
        ["Apot"] = ApotGrid.Grid,
        ["Binary"] = BinaryGrid.Grid,
        ["Fp4E2M1"] = FloatGrid.Grid("E2M1", 2, 1, 1, 6),
        ["Fp4E3M0"] = FloatGrid.Grid("E3M0", 3, 0, 3, 16),
        ["Fp8E4M3"] = FloatGrid.Grid("E4M3", 4, 3, 7, 448),
        ["Fp8E5M2"] = FloatGrid.Grid("E5M2", 5, 2, 15, 57344),
    };

    /// <summary>The names of the schemes.</summary>
    public static IEnumerable<string> Schemes => Grids.Keys;

    /// <summary>Whether a weight of zero is rounded to another number: powers of two, levels at odd multiples of half a step and signs have none.</summary>
    public static bool HasNoZero(AttributeSpec attribute) =>
        attribute.Name == Method.Attribute && (attribute.Choice("Scheme", "Uniform") is "Log2" or "LogSqrt2" or "StatsQ" or "DoReFa" or "Binary" || (attribute.Choice("Scheme", "Uniform") == "Uniform" && Bits(attribute) == 1));

    private static EffectiveWeight Apply(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var (grid, bits, granularity) = (GridOf(attribute), Bits(attribute), Granularity(attribute));
        EquatableArray<Index> scaleAxes = granularity switch { "Tensor" => [], "Group" => [shape.Output, shape.Inputs[0]], _ => [shape.Output] };
        var input = weight.Merged is Access stored ? stored : Name("unrounded", weight.Merged);
        var over = shape.Axes.Where(axis => !scaleAxes.Contains(axis)).ToEquatableArray();
        var dither = IsStochastic(attribute) ? new Tensor("dither", TensorRole.Buffer, shape.Axes) : null;
        var coded = grid.Code(new GridTarget(input, shape.Target, scaleAxes, over, bits, attribute.Flag("Symmetric", true)) { Scales = Scales(attribute), Dither = dither });
        var rounded = Name("rounded", coded.Training ?? StraightThrough(coded.Value, input));
        EquatableArray<Index> planes = coded.Plane is { } plane ? [plane] : [];
        var packed = new PackedWeight(coded, [.. planes, .. shape.Axes], [.. planes, .. scaleAxes], bits, attribute.Choice("Scheme", "Uniform"));
        var shared = granularity == "Group" ? "group of " + Text(GroupSize(attribute)) : granularity.ToLowerInvariant();
        return (weight with { Dense = rounded, Rounded = rounded, Branches = [], Packed = packed, NonZeros = null, Fit = coded.Fit, Dither = dither }).With(
            coded.Stored, coded.Initialization, new MethodNote("Quantize", $"W' = {coded.Formula ?? grid.Formula}, {Text(bits)} bits per {shared}", grid.Paper), coded.Fit is { } fit ? [fit.Binding] : []);
    }

    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute, WeightShape shape)
    {
        if (ActivationOptions.OnlyForActivations.Contains(attribute.Choice("Scheme", "Uniform")))
        {
            yield return DiagnosticInfo.At(attribute.Place, ActivationDiagnostics.SchemeNotForWeights, attribute.Choice("Scheme", "Uniform"), string.Join(", ", Grids.Keys));
            yield break;
        }

        foreach (var (name, choice, known) in new[] { ("Scheme", attribute.Choice("Scheme", "Uniform"), string.Join(", ", Grids.Keys)), ("Granularity", Granularity(attribute), "Tensor, Channel, Group"), ("Scales", Scales(attribute), "Float, PowerOfTwo, AdditivePowerOfTwo"), ("Rounding", attribute.Choice("Rounding", "Nearest"), "Nearest, Stochastic") })
        {
            if (!known.Split([", "], StringSplitOptions.None).Contains(choice))
            {
                yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.UnknownChoice, "Quantize", name, choice, known);
                yield break;
            }
        }

        foreach (var found in ActivationOptions.Check(attribute))
        {
            yield return found;
        }

        var grid = GridOf(attribute);
        if (Bits(attribute) < grid.LeastBits || Bits(attribute) > grid.MostBits)
        {
            var allowed = grid.LeastBits == grid.MostBits ? Text(grid.LeastBits) : Text(grid.LeastBits) + " to " + Text(grid.MostBits);
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.BitsOutOfRange, attribute.Choice("Scheme", "Uniform"), Text(Bits(attribute)), allowed);
        }

        if (!attribute.Flag("Symmetric", true) && attribute.Choice("Scheme", "Uniform") != "Uniform")
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.NoZeroPoint, attribute.Choice("Scheme", "Uniform"));
        }

        if (IsStochastic(attribute) && (grid.LeastBitsOfSteps == 0 || (Bits(attribute) < grid.LeastBitsOfSteps && attribute.Flag("Symmetric", true))))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.NoStochasticRounding, attribute.Choice("Scheme", "Uniform"), Text(Bits(attribute)));
        }

        foreach (var (option, needed) in WithoutEffect(attribute))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.WithoutEffect, "Quantize", option, needed);
        }

        var group = GroupSize(attribute);
        if (Granularity(attribute) == "Group" && shape.Inputs.Count > 1)
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.GroupsOfAKernel);
        }
        else if (Granularity(attribute) == "Group" && (group < 1 || shape.Columns % group != 0))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.GroupDoesNotDivide, Text(group), Text(shape.Columns), Divisors(shape.Columns, group));
        }
    }

    /// <summary>Options that another one has to go with.</summary>
    private static IEnumerable<(string Option, string Needed)> WithoutEffect(AttributeSpec attribute)
    {
        if (attribute.Has("GroupSize") && Granularity(attribute) != "Group")
        {
            yield return ("GroupSize = " + Text(GroupSize(attribute)), "add Granularity = Granularity.Group, or leave it out");
        }

        if (Scales(attribute) != "Float" && attribute.Choice("Scheme", "Uniform") != "Binary")
        {
            yield return ("Scales = " + Scales(attribute), "it is for Scheme = Scheme.Binary; leave it out");
        }
    }

    /// <summary>The sizes next to the wanted one that divide.</summary>
    private static string Divisors(int inputs, int wanted) => string.Join(", ", Enumerable.Range(1, inputs)
        .Where(size => inputs % size == 0)
        .OrderBy(size => Math.Abs((long)size - wanted))
        .Take(3)
        .OrderBy(size => size)
        .Select(size => Text(size)));

    private static Grid GridOf(AttributeSpec attribute) => Grids[attribute.Choice("Scheme", "Uniform")];

    private static int Bits(AttributeSpec attribute) => attribute.Int("Bits", 8);

    private static int GroupSize(AttributeSpec attribute) => attribute.Int("GroupSize", 32);

    private static string Granularity(AttributeSpec attribute) => attribute.Choice("Granularity", "Channel");

    private static bool IsStochastic(AttributeSpec attribute) => attribute.Choice("Rounding", "Nearest") == "Stochastic";

    private static string Scales(AttributeSpec attribute) => attribute.Choice("Scales", "Float");

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
