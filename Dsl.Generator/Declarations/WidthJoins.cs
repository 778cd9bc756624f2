using System.Globalization;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Declarations;

/// <summary>Finds which axes of a model's values and which sides of its layers have widths that change together.</summary>
internal sealed class WidthJoins
{
    private readonly ForwardProgram program;
    private readonly IReadOnlyDictionary<string, LayerSpec> layers;
    private readonly WidthGroups groups = new();

    private WidthJoins(ForwardProgram program, IReadOnlyDictionary<string, LayerSpec> layers) => (this.program, this.layers) = (program, layers);

    public static WidthGroups Of(ForwardProgram program, IReadOnlyDictionary<string, LayerSpec> layers)
    {
        var joins = new WidthJoins(program, layers);
        joins.FixFrom(-1, 0, Fixed.Border);
        joins.FixFrom(program.Result, 0, Fixed.Border);
        for (var step = 0; step < program.Steps.Count; step++)
        {
            joins.Join(program.Steps[step], step);
        }

        // Only once all layers are known can it be told which of the axes that are flattened is a width.
        for (var step = 0; step < program.Steps.Count; step++)
        {
            if (program.Steps[step] is ForwardStep.Reshape reshape)
            {
                joins.Join(reshape, step);
            }
        }

        return joins.groups;
    }

    /// <summary>The name of an axis of a value.</summary>
    public static string Axis(int value, int axis) => value.ToString(CultureInfo.InvariantCulture) + ":" + axis.ToString(CultureInfo.InvariantCulture);

    public static string Input(string layer) => layer + " in";

    public static string Output(string layer) => layer + " out";

    /// <summary>Whether each channel of a convolution is a group of its own: groups and both widths are one number.</summary>
    public static bool IsDepthwise(LayerSpec layer) =>
        layer.Kind.Int("Groups", 1) is > 1 and var count && count == layer.Kind.Int("inChannels") && count == layer.Kind.Int("outChannels");

    private void Join(ForwardStep step, int number)
    {
        switch (step)
        {
            case ForwardStep.Layer { Name: var name, Argument: var argument }:
                Join(layers[name], argument, number);
                break;
            case ForwardStep.Pool or ForwardStep.GlobalAverage:
                JoinImages(step.Reads.First(), number);
                groups.Join(Axis(number, 0), Axis(step.Reads.First(), 0));
                break;
            case ForwardStep.Reshape:
                break;
            default:
                foreach (var operand in step.Reads)
                {
                    JoinAxes(operand, number, 0, step.Shape.Count);
                }

                break;
        }
    }

    private void Join(LayerSpec layer, int argument, int number)
    {
        var (from, to) = (program.ShapeOf(argument), program.ShapeOf(number));
        if (LayerKinds.Find(layer.Kind.Name).Widths is not { } widths)
        {
            JoinAxes(argument, number, 0, to.Count);
            groups.Fix(Axis(number, to.Count - 1), Fixed.Heads);
            return;
        }

        if (widths.OfImages)
        {
            JoinImages(argument, number);
        }
        else
        {
            JoinAxes(argument, number, 0, to.Count - 1);
        }

        if (widths.Input is not null)
        {
            groups.Join(Axis(argument, widths.AxisOf(from)), Input(layer.Name));
            groups.Mark(Input(layer.Name));
        }

        groups.Join(Axis(number, widths.AxisOf(to)), Output(layer.Name));
        groups.Mark(Output(layer.Name));
        if (widths.Input == widths.Output || IsDepthwise(layer))
        {
            groups.Join(Output(layer.Name), Input(layer.Name));
        }
    }

    /// <summary>
    /// A size that follows the values is that of the one width that can change among the axes that it joins, times the others, which
    /// then cannot; everything else is written down, or would be split, or lies at the model's border on the other side too.
    /// </summary>
    private void Join(ForwardStep.Reshape step, int number)
    {
        foreach (var (inputs, outputs) in Runs(program.ShapeOf(step.Argument), step.Shape))
        {
            var width = inputs.Where(axis => groups.IsWidth(Axis(step.Argument, axis)) && !groups.IsFixed(Axis(step.Argument, axis))).ToArray();
            var follows = outputs.Count == 1 && step.Follows[outputs[0]] && width.Length == 1;
            var reason = inputs.All(axis => groups.ReasonOf(Axis(step.Argument, axis)) == Fixed.Border) || outputs.All(axis => groups.ReasonOf(Axis(number, axis)) == Fixed.Border)
                ? Fixed.Border
                : Fixed.Reshape;
            foreach (var axis in inputs.Where(axis => !follows || axis != width[0]))
            {
                groups.Fix(Axis(step.Argument, axis), reason);
            }

            if (follows)
            {
                groups.Join(Axis(number, outputs[0]), Axis(step.Argument, width[0]), inputs.Where(axis => axis != width[0]).Aggregate(1L, (product, axis) => product * program.ShapeOf(step.Argument)[axis]));
                continue;
            }

            foreach (var axis in outputs)
            {
                groups.Fix(Axis(number, axis), reason);
            }
        }
    }

    /// <summary>The axes on both sides of a reshape in the shortest runs of equal sizes: (8, 4, 4) → (8, 16) are 8 → 8 and 4, 4 → 16.</summary>
    private static List<(List<int> Inputs, List<int> Outputs)> Runs(EquatableArray<int> from, EquatableArray<int> to)
    {
        var runs = new List<(List<int> Inputs, List<int> Outputs)>();
        var (i, o, inputs, outputs) = (0, 0, 1L, 1L);
        while (i < from.Count || o < to.Count)
        {
            if (runs.Count == 0 || (inputs == outputs && i < from.Count && o < to.Count))
            {
                runs.Add(([], []));
                (inputs, outputs) = (1, 1);
            }

            var (left, right) = runs[runs.Count - 1];
            if (i < from.Count && (inputs <= outputs || o == to.Count))
            {
                left.Add(i);
                inputs *= from[i++];
            }

            if (o < to.Count && (outputs < inputs || right.Count == 0 || i == from.Count))
            {
                right.Add(o);
                outputs *= to[o++];
            }
        }

        return runs;
    }

    private void JoinAxes(int argument, int number, int first, int end)
    {
        for (var axis = first; axis < end; axis++)
        {
            groups.Join(Axis(number, axis), Axis(argument, axis));
        }
    }

    private void JoinImages(int argument, int number)
    {
        FixFrom(argument, 1, Fixed.Image);
        FixFrom(number, 1, Fixed.Image);
    }

    private void FixFrom(int value, int first, Fixed reason)
    {
        for (var axis = first; axis < program.ShapeOf(value).Count; axis++)
        {
            groups.Fix(Axis(value, axis), reason);
        }
    }
}
