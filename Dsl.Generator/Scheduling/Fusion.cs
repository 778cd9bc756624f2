using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// Gathers the steps over a weight into kernels of one pass each. Contractions and what no loop can compute stay steps of their own; between them
/// as much as possible goes into one kernel. A value that two kernels need and nobody else reads is computed in both rather than stored.
/// </summary>
internal sealed class Fusion
{
    private readonly RowSpace space;
    private readonly Program program;
    private readonly ISet<string> excluded;
    private readonly Func<Function, bool> supports;
    private readonly Dictionary<string, Statement> loops = [];
    private readonly List<Statement> pending = [];
    private readonly HashSet<string> available;
    private readonly List<Statement> made = [];

    private Fusion(Program program, RowSpace space, ISet<string> excluded, Func<Function, bool> supports)
    {
        (this.program, this.space, this.excluded, this.supports) = (program, space, excluded, supports);
        available = [.. program.Inputs.Select(input => input.Name)];
    }

    /// <summary>The same pass with kernels for its weight maps; null where it has none.</summary>
    /// <param name="program">The pass.</param>
    /// <param name="axes">The axes of the weight, in storage order.</param>
    /// <param name="lastApart">Whether the steps of the last result, which is not always asked for, come after all others.</param>
    /// <param name="supports">The functions that loops can compute; null for those of vector loops.</param>
    public static Program? Apply(Program program, EquatableArray<Index> axes, bool lastApart, Func<Function, bool>? supports = null)
    {
        var space = RowSpace.Of(axes, program.Statements);
        var excluded = new HashSet<string>();
        while (true)
        {
            var fusion = new Fusion(program, space, excluded, supports ?? KernelCosts.Supports);
            var fused = fusion.Run(lastApart);

            // Others read a value with its axes in one order, and memory has them in another: the step stays on its own.
            var misplaced = fused.Statements.SelectMany(statement => statement.Results()).Where(value => fusion.loops.TryGetValue(value.Name, out var loop) && loop.Result.Axes != value.Axes).ToArray();
            if (misplaced.Length == 0)
            {
                return fused.Statements.Any(statement => statement is Statement.Sweep) ? fused : null;
            }

            excluded.UnionWith(misplaced.Select(value => value.Name));
        }
    }

    private Program Run(bool lastApart)
    {
        var results = program.Results;
        var split = lastApart && results.Count > 1 ? program.Ends[results.Count - 2] : program.Statements.Count;
        var early = lastApart && results.Count > 1 ? results.Take(results.Count - 1).ToArray() : results.ToArray();
        Section(program.Statements.Take(split), early);
        var end = made.Count;
        Section(program.Statements.Skip(split), results.Skip(early.Length).ToArray());
        return program with
        {
            Statements = made.Select((statement, place) => WithoutConflict(statement, place)).ToEquatableArray(),
            Ends = results.Select((_, k) => k < early.Length ? end : made.Count).ToEquatableArray(),
        };
    }

    /// <summary>Makes some results, in any order in which their steps can be made.</summary>
    private void Section(IEnumerable<Statement> statements, IReadOnlyList<Value> wanted)
    {
        foreach (var statement in statements)
        {
            Place(statement);
        }

        while (pending.Count > 0 || wanted.Any(value => !available.Contains(value.Name)))
        {
            var next = pending.FirstOrDefault(statement => statement.Reads().All(read => available.Contains(read.Name)));
            if (next is not null)
            {
                pending.Remove(next);
                Make(next);
            }
            else
            {
                MakeLoops(wanted);
            }
        }
    }

    /// <summary>Steps over rows wait until somebody needs them; all others are made in their order.</summary>
    private void Place(Statement statement)
    {
        if (!IsLoop(statement))
        {
            pending.Add(statement);
        }
        else if (statement is Statement.Fold fold && space.ReachOf(fold.Result) != Reach.Row)
        {
            // Over all rows: a number for each row, and their sum or maximum.
            var rows = space.Axes.Take(space.RowAxes).ToEquatableArray();
            var byRow = new Value(fold.Result.Name + "ByRow", rows);
            loops[byRow.Name] = new Statement.Fold(byRow, fold.Reduction, space.Axes.Skip(space.RowAxes).ToEquatableArray(), fold.Body);
            pending.Add(new Statement.Fold(fold.Result, fold.Reduction, rows.Where(fold.Over.Contains).ToEquatableArray(), new Pointwise.Read(byRow)));
        }
        else
        {
            loops[statement.Result.Name] = statement;
        }
    }

    private bool IsLoop(Statement statement) => !excluded.Contains(statement.Result.Name) && statement switch
    {
        Statement.Compute compute => space.ReachOf(compute.Result) is Reach.Row or Reach.Full && CanCompute(compute.Body),
        Statement.Fold fold => CanCompute(fold.Body)
            && fold.Body.Reads().Any(read => space.ReachOf(read) == Reach.Full)
            && fold.Result.Axes.Concat(fold.Over).Count() == space.Axes.Count
            && space.Axes.Skip(space.RowAxes).All(fold.Over.Contains)
            && fold.Result.Axes == space.Axes.Where(fold.Result.Axes.Contains).ToEquatableArray(),
        _ => false,
    };

    private bool CanCompute(Pointwise body) => body switch
    {
        Pointwise.Read read => space.ReachOf(read.Source) is not null && !IsTransposed(read.Source),
        Pointwise.Apply apply => supports(apply.Function) && apply.Arguments.All(CanCompute),
        _ => true, // numbers, and the levels of a lookup
    };

    /// <summary>Whether a stored tensor, an inverse or what is spread of them is read with its axes in another order than it has: rows of the weight are not rows of its memory.</summary>
    private bool IsTransposed(Value value) => space.Stored(value).Axes != value.Axes
        && (program.Inputs.Any(input => input.Name == value.Name) || program.Statements.Any(statement => statement is Statement.Invert or Statement.Spread or Statement.Gather && statement.Result.Name == value.Name));

    /// <summary>One kernel for all values that others wait for and that can be made now.</summary>
    private void MakeLoops(IReadOnlyList<Value> wanted)
    {
        var asked = pending.SelectMany(statement => statement.Reads()).Concat(wanted).Where(value => loops.ContainsKey(value.Name) && !available.Contains(value.Name))
            .GroupBy(value => value.Name).Select(group => loops[group.Key].Result);
        var ready = asked.Where(value => Slice([value]).SelectMany(step => step.Reads()).All(read => available.Contains(read.Name) || loops.ContainsKey(read.Name))).ToArray();
        if (ready.Length == 0)
        {
            throw new ShapeException("Steps wait for each other: " + string.Join(", ", pending.Select(statement => statement.Result.Name)));
        }

        var slice = Slice(ready);
        ready = [.. ready.OrderBy(value => space.ReachOf(value) == Reach.Full ? 0 : 1)]; // the loop has the name of the first
        if (slice.All(step => step is Statement.Compute && space.ReachOf(step.Result) != Reach.Full))
        {
            slice.ForEach(Make); // numbers for each row only: no pass over memory
            return;
        }

        var kernel = KernelBuilder.Build(space, slice, ready, Owned(slice));
        Make(new Statement.Sweep(kernel.Outputs[0].Value, kernel));
    }

    /// <summary>The steps behind some values, from what is available on, in order.</summary>
    private List<Statement> Slice(IReadOnlyList<Value> values)
    {
        var needed = new HashSet<string>();
        var waiting = new Stack<string>(values.Select(value => value.Name));
        while (waiting.Count > 0)
        {
            if (waiting.Pop() is var name && !available.Contains(name) && loops.TryGetValue(name, out var step) && needed.Add(name))
            {
                step.Reads().ToList().ForEach(read => waiting.Push(read.Name));
            }
        }

        return loops.Values.Where(step => needed.Contains(step.Result.Name)).ToList();
    }

    /// <summary>Results of contractions that only this kernel reads.</summary>
    private HashSet<string> Owned(IReadOnlyList<Statement> slice) => [.. made
        .Where(statement => statement is Statement.Contract or Statement.Convolve)
        .Select(statement => statement.Result.Name)
        .Where(name => program.Results.All(result => result.Name != name)
            && !pending.Concat(loops.Values.Except(slice)).SelectMany(statement => statement.Reads()).Any(read => read.Name == name))];

    private void Make(Statement statement)
    {
        made.Add(statement);
        available.UnionWith(statement.Results().Select(value => value.Name));
    }

    /// <summary>What a later step reads after all keeps its memory.</summary>
    private Statement WithoutConflict(Statement statement, int place) => statement is Statement.Sweep sweep
        ? sweep with
        {
            Kernel = sweep.Kernel with
            {
                Outputs = sweep.Kernel.Outputs.Select(output => output.Over is { } over && made.Skip(place + 1).SelectMany(later => later.Reads()).Any(read => read.Name == over)
                    ? output with { Over = null }
                    : output).ToEquatableArray(),
            },
        }
        : statement;
}
