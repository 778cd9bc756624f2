using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Managed;

/// <summary>A part of the arena, declared before the step that first fills it.</summary>
/// <param name="Step">That step.</param>
/// <param name="Name">The span's name: what it holds first.</param>
/// <param name="Size">Its values per sample.</param>
/// <param name="Last">The last step that reads it; after that its place is free.</param>
/// <param name="Offset">Where it starts, in values per sample.</param>
internal sealed record ArenaSpan(int Step, string Name, int Size, int Last, int Offset)
{
    public int End => Offset + Size;

    /// <summary>The values per sample over the sizes that the model's constructor takes; then places are found when the model is made.</summary>
    public Ir.Size Length { get; init; } = Size;

    /// <summary>Whether both hold values at once. A step that reads one and fills the other needs both.</summary>
    public bool LivesWith(ArenaSpan other) => Step <= other.Last && other.Step <= Last;
}

/// <summary>
/// Where each value of a folded model lives. A step that works value by value, or only changes the shape, shares its argument's memory if nothing
/// reads the argument later; the result lives in the caller's span; all others have a place in one arena, where a place whose values are no longer
/// needed is used again. The places are found by size: the largest span first, each at the lowest offset where nothing lives at the same time
/// (greedy by size: Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020, arXiv 2001.03288).
/// </summary>
internal sealed class BufferPlan
{
    public const string Input = "x";
    public const string Output = "y";
    public const string Arena = "arena";

    private readonly ForwardProgram program;
    private readonly NameScope names;
    private readonly string?[] storage;

    private BufferPlan(ForwardProgram program, NameScope names)
    {
        this.program = program;
        this.names = names;
        storage = new string?[program.Steps.Count];
        Name();
        Spans = Place();
    }

    /// <summary>The spans beside input and output, in the order of their declaration.</summary>
    public IReadOnlyList<ArenaSpan> Spans { get; }

    /// <summary>The arena's values per sample.</summary>
    public int Size => Spans.Select(span => span.End).DefaultIfEmpty(0).Max();

    /// <param name="program">The program.</param>
    /// <param name="names">The names taken by fields and parameters.</param>
    public static BufferPlan Of(ForwardProgram program, NameScope names) => new(program, names);

    /// <summary>The name of the span that holds a value.</summary>
    public string SpanOf(int value) => value < 0 ? Input : storage[value]!;

    private void Name()
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
            storage[step] ??= step == program.Result ? Output : names.Variable(NameOf(step));
            if (Overwritable(step) is { } argument)
            {
                storage[argument] = storage[step];
            }
        }
    }

    /// <summary>The argument whose memory this step may overwrite: made by a step, not named yet, and read for the last time here.</summary>
    private int? Overwritable(int step)
    {
        if (program.Steps[step] is ForwardStep.Layer or ForwardStep.Pool or ForwardStep.GlobalAverage)
        {
            return null;
        }

        foreach (var argument in program.Steps[step].Reads)
        {
            if (argument >= 0 && storage[argument] is null && argument != program.Result && LastRead(argument) == step)
            {
                return argument;
            }
        }

        return null;
    }

    private int LastRead(int value)
    {
        for (var step = program.Steps.Count - 1; step > value; step--)
        {
            if (program.Steps[step].Reads.Contains(value))
            {
                return step;
            }
        }

        return value;
    }

    private IReadOnlyList<ArenaSpan> Place()
    {
        var placed = new List<ArenaSpan>();
        foreach (var span in Lives().OrderByDescending(span => span.Size).ThenBy(span => span.Step))
        {
            var offset = 0;
            foreach (var other in placed.Where(span.LivesWith).OrderBy(other => other.Offset))
            {
                if (offset + span.Size <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, other.End);
            }

            placed.Add(span with { Offset = offset });
        }

        return placed.OrderBy(span => span.Step).ToList();
    }

    private IEnumerable<ArenaSpan> Lives() =>
        from step in Enumerable.Range(0, program.Steps.Count)
        where storage[step] is not (Input or Output)
        group step by storage[step]! into steps
        let first = steps.Min()
        select new ArenaSpan(first, steps.Key, ForwardProgram.Product(program.Steps[first].Shape), steps.Max(LastRead), Offset: 0) { Length = ForwardProgram.Product(program.Steps[first].Sizes) };

    /// <summary>Memory is named after the layer that first fills it.</summary>
    private string NameOf(int step)
    {
        var first = step;
        while (program.Steps[first] is not (ForwardStep.Layer or ForwardStep.Pool or ForwardStep.GlobalAverage) && program.Steps[first].Reads.First() is >= 0 and var before && storage[before] is null)
        {
            first = before;
        }

        return program.Steps[first] switch
        {
            ForwardStep.Layer layer => layer.Name,
            ForwardStep.Combine { Operation: Arithmetic.Add } => "sum",
            ForwardStep.Combine { Operation: Arithmetic.Subtract } => "difference",
            ForwardStep.Combine { Operation: Arithmetic.Multiply } => "product",
            ForwardStep.WithNumber { Operation: Arithmetic.Multiply } => "scaled",
            ForwardStep.WithNumber => "shifted",
            ForwardStep.Activate => "activated",
            ForwardStep.Fused => "fused",
            ForwardStep.Pool or ForwardStep.GlobalAverage => "pooled",
            _ => "copy",
        };
    }
}
