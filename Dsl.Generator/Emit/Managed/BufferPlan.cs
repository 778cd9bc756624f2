using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Managed;

/// <summary>
/// Where each value of a folded model lives. A step that works value by value, or only changes the shape, shares its
/// argument's memory if nothing reads the argument later; the result lives in the caller's span.
/// </summary>
internal sealed class BufferPlan
{
    public const string Input = "x";
    public const string Output = "y";

    private readonly ForwardProgram program;
    private readonly string?[] storage;
    private readonly HashSet<string> names = [Input, Output, "batch"];

    private BufferPlan(ForwardProgram program)
    {
        this.program = program;
        storage = new string?[program.Steps.Count];
    }

    /// <summary>The name of the memory that holds each value.</summary>
    public static Func<int, string> Of(ForwardProgram program)
    {
        var plan = new BufferPlan(program);
        plan.Assign();
        return value => value < 0 ? Input : plan.storage[value]!;
    }

    private void Assign()
    {
        // The input in another shape is still the caller's memory: read only, never copied.
        for (var step = 0; step < program.Steps.Count; step++)
        {
            if (program.Steps[step] is ForwardStep.Reshape { Argument: var argument } && (argument < 0 || storage[argument] == Input) && step != program.Result)
            {
                storage[step] = Input;
            }
        }

        for (var step = program.Steps.Count - 1; step >= 0; step--)
        {
            storage[step] ??= step == program.Result ? Output : Name(step);
            if (Reusable(step) is { } argument)
            {
                storage[argument] = storage[step];
            }
        }
    }

    /// <summary>The argument whose memory this step may overwrite: made by a step, not placed yet, and read for the last time here.</summary>
    private int? Reusable(int step)
    {
        var candidate = program.Steps[step] switch
        {
            ForwardStep.Layer => -1,
            var other => other.Reads.First(),
        };
        var free = candidate >= 0 && storage[candidate] is null && candidate != program.Result
            && !program.Steps.Skip(step + 1).Any(later => later.Reads.Contains(candidate))
            && program.Steps[step].Reads.Count(read => read == candidate) == 1;
        return free ? candidate : null;
    }

    /// <summary>Memory is named after the layer that first fills it.</summary>
    private string Name(int step)
    {
        var first = step;
        while (program.Steps[first] is not ForwardStep.Layer && program.Steps[first].Reads.First() is >= 0 and var before && storage[before] is null)
        {
            first = before;
        }

        var wanted = program.Steps[first] is ForwardStep.Layer layer ? Scheduling.NamesOf.Variable(layer.Name) : "values";
        var name = wanted;
        for (var number = 2; !names.Add(name); number++)
        {
            name = wanted + number;
        }

        return name;
    }
}
