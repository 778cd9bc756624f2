using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Managed;

/// <summary>A span over the whole or the start of a buffer, declared before the step that first fills it.</summary>
/// <param name="Step">That step.</param>
/// <param name="Span">The span's name: what it holds first.</param>
/// <param name="Size">Its values per sample.</param>
/// <param name="Buffer">The buffer's name.</param>
/// <param name="BufferSize">The buffer's values per sample.</param>
/// <param name="IsNew">Whether the buffer is rented here, or was used before and is free again.</param>
internal sealed record SpanDeclaration(int Step, string Span, int Size, string Buffer, int BufferSize, bool IsNew);

/// <summary>
/// Where each value of a folded model lives. A step that works value by value, or only changes the shape, shares its
/// argument's memory if nothing reads the argument later; the result lives in the caller's span; a buffer whose values are
/// no longer needed is used again. So there are never more buffers than values alive at once.
/// </summary>
internal sealed class BufferPlan
{
    public const string Input = "x";
    public const string Output = "y";

    private const string BufferSuffix = "Buffer";

    private readonly ForwardProgram program;
    private readonly NameScope names;
    private readonly string?[] storage;

    private BufferPlan(ForwardProgram program, NameScope names)
    {
        this.program = program;
        this.names = names;
        storage = new string?[program.Steps.Count];
        Place();
        Declarations = Rent();
    }

    /// <summary>The spans beside input and output, in the order of their declaration.</summary>
    public IReadOnlyList<SpanDeclaration> Declarations { get; }

    /// <param name="program">The program.</param>
    /// <param name="names">The names taken by fields and parameters.</param>
    public static BufferPlan Of(ForwardProgram program, NameScope names) => new(program, names);

    /// <summary>The name of the span that holds a value.</summary>
    public string SpanOf(int value) => value < 0 ? Input : storage[value]!;

    private void Place()
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
            storage[step] ??= step == program.Result ? Output : names.Variable(NameOf(step), BufferSuffix);
            if (Overwritable(step) is { } argument)
            {
                storage[argument] = storage[step];
            }
        }
    }

    /// <summary>The argument whose memory this step may overwrite: made by a step, not placed yet, and read for the last time here.</summary>
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

    /// <summary>A linear scan: every span takes a buffer that is free again, the same size first, or a new one.</summary>
    private List<SpanDeclaration> Rent()
    {
        var spans = new List<SpanDeclaration>();
        var busyUntil = new Dictionary<string, int>();
        for (var step = 0; step < program.Steps.Count; step++)
        {
            var name = storage[step]!;
            if (name is Input or Output || spans.Any(span => span.Span == name))
            {
                continue;
            }

            var size = ForwardProgram.Product(program.Steps[step].Shape);
            var free = spans.Where(span => span.IsNew && busyUntil[span.Buffer] < step).OrderBy(span => span.BufferSize == size ? 0 : 1).FirstOrDefault();
            var buffer = free?.Buffer ?? name + BufferSuffix;
            busyUntil[buffer] = Enumerable.Range(step, program.Steps.Count - step).Where(value => storage[value] == name).Max(LastRead);
            spans.Add(new SpanDeclaration(step, name, size, buffer, size, free is null));
        }

        // A buffer is as large as the largest span that it holds in turn.
        return spans
            .Select(span => span with { BufferSize = spans.Where(other => other.Buffer == span.Buffer).Max(other => other.Size) })
            .ToList();
    }

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
