using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Managed;

/// <summary>
/// A sum and a function of a layer's output that nothing else reads are done by the layer as it writes: y = activation(layer(x) + residual), with one pass
/// over memory in the place of up to three. The sum's other term has to be there before the layer runs.
/// </summary>
internal static class EpilogueFusion
{
    /// <param name="program">The body of forward.</param>
    /// <param name="takes">Whether a layer of that name takes an epilogue.</param>
    public static ForwardProgram Fuse(ForwardProgram program, Func<string, bool> takes)
    {
        var steps = new List<ForwardStep>();

        // Where each value of the program is found among the new steps.
        var places = new int[program.Steps.Count];
        int Moved(int value) => value < 0 ? value : places[value];
        for (var value = 0; value < program.Steps.Count; value++)
        {
            var step = program.Steps[value];
            if (Target(program, steps, step, Moved, takes) is { } place)
            {
                steps[place] = Extend((ForwardStep.Layer)steps[place], step, place, Moved);
                places[value] = place;
            }
            else
            {
                places[value] = steps.Count;
                steps.Add(step.WithOperands(Moved));
            }
        }

        return program with { Steps = steps.ToEquatableArray(), Result = Moved(program.Result) };
    }

    /// <summary>The place of the layer that can do this step as well, if one can.</summary>
    private static int? Target(ForwardProgram program, List<ForwardStep> steps, ForwardStep step, Func<int, int> moved, Func<string, bool> takes)
    {
        bool IsOpen(int value, out ForwardStep.Layer? layer)
        {
            layer = value < 0 ? null : steps[moved(value)] as ForwardStep.Layer;
            return layer is { Then: null } && takes(layer.Name) && value != program.Result && program.Steps.Sum(reader => reader.Reads.Count(read => read == value)) == 1;
        }

        return step switch
        {
            ForwardStep.Activate { Function: not (Activation.Softmax or Activation.LogSoftmax) } activate when IsOpen(activate.Argument, out _) => moved(activate.Argument),
            ForwardStep.Combine { Operation: Arithmetic.Add } sum => Adds(sum.Left, sum.Right) ?? Adds(sum.Right, sum.Left),
            _ => null,
        };

        int? Adds(int value, int other) => IsOpen(value, out var layer) && layer!.Residual is null && moved(other) < moved(value) ? moved(value) : null;
    }

    private static ForwardStep.Layer Extend(ForwardStep.Layer layer, ForwardStep step, int place, Func<int, int> moved) => step switch
    {
        ForwardStep.Activate activate => layer with { Then = activate.Function },
        ForwardStep.Combine sum => layer with { Residual = moved(sum.Left) == place ? moved(sum.Right) : moved(sum.Left) },
        _ => layer,
    };
}
