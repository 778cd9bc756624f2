
namespace LayerDsl.Generator.Scheduling;

/// <summary>Makes one kernel of steps over rows: decides what each sweep computes, what it keeps for the next, and whose memory results take over.</summary>
internal sealed class KernelBuilder
{
    private readonly RowSpace space;
    private readonly IReadOnlyList<Statement> steps;
    private readonly IReadOnlyList<Value> outputs;
    private readonly ISet<string> owned;
    private readonly Dictionary<string, Statement> made;
    private readonly Dictionary<string, int> sweepOf = [];
    private readonly Dictionary<string, string> spills = [];
    private readonly List<HashSet<string>> needs = [];

    private KernelBuilder(RowSpace space, IReadOnlyList<Statement> steps, IReadOnlyList<Value> outputs, ISet<string> owned)
    {
        (this.space, this.steps, this.outputs, this.owned) = (space, steps, outputs, owned);
        made = steps.ToDictionary(step => step.Result.Name);
    }

    /// <summary>One kernel.</summary>
    /// <param name="space">The rows.</param>
    /// <param name="steps">Its steps, in an order in which they can be made.</param>
    /// <param name="outputs">The values that others read.</param>
    /// <param name="owned">The names of inputs that nobody reads afterwards.</param>
    public static RowKernel Build(RowSpace space, IReadOnlyList<Statement> steps, IReadOnlyList<Value> outputs, ISet<string> owned) =>
        new KernelBuilder(space, steps, outputs, owned).Build();

    private RowKernel Build()
    {
        foreach (var step in steps)
        {
            // The result of a reduction is there in the sweep after it.
            var reads = step.Reads().Select(value => sweepOf.TryGetValue(value.Name, out var sweep) ? sweep : 0).DefaultIfEmpty(0).Max();
            sweepOf[step.Result.Name] = step is Statement.Fold ? reads + 1 : reads;
        }

        var count = steps.Max(step => step is Statement.Fold ? sweepOf[step.Result.Name] : IsFull(step) ? sweepOf[step.Result.Name] + 1 : 0);
        for (var sweep = 0; sweep < count; sweep++)
        {
            needs.Add(Needs(sweep));
        }

        var sweeps = Enumerable.Range(0, count).Select(sweep => Sweep(sweep, needs[sweep])).ToEquatableArray();
        var inputs = steps.SelectMany(step => step.Reads()).Where(value => !made.ContainsKey(value.Name))
            .GroupBy(value => value.Name).Select(group => new KernelValue(group.First(), space.ReachOf(group.First())!.Value)).ToEquatableArray();
        var kernelOutputs = new List<KernelOutput>();
        foreach (var output in outputs)
        {
            kernelOutputs.Add(new KernelOutput(space.Stored(output), space.ReachOf(output)!.Value, Over(output, inputs, kernelOutputs)));
        }

        return KernelRefinement.Refine(new RowKernel(space.Axes, space.RowAxes, inputs, kernelOutputs.ToEquatableArray(), [], sweeps, RowSteps(count)));
    }

    private bool IsFull(Statement step) => step is Statement.Compute && space.ReachOf(step.Result) == Reach.Full;

    private bool IsOutput(Value value) => outputs.Any(output => output.Name == value.Name);

    /// <summary>The steps that a sweep makes at each place, by name; decides on the way what earlier sweeps keep for it.</summary>
    private HashSet<string> Needs(int sweep)
    {
        var needed = new HashSet<string>();
        foreach (var step in steps.Where(step => step is Statement.Fold ? sweepOf[step.Result.Name] == sweep + 1 : IsFull(step) && IsOutput(step.Result) && sweepOf[step.Result.Name] == sweep))
        {
            Visit(step);
        }

        return needed;

        void Visit(Statement step)
        {
            if (!needed.Add(step.Result.Name))
            {
                return;
            }

            foreach (var read in step.Reads())
            {
                if (made.TryGetValue(read.Name, out var source) && IsFull(source) && !IsKept(source, sweep))
                {
                    Visit(source);
                }
            }
        }
    }

    /// <summary>Whether a value of an earlier sweep is read from memory: an output, or what is worth keeping where an output's memory is still free.</summary>
    private bool IsKept(Statement step, int sweep)
    {
        var name = step.Result.Name;
        if (sweepOf[name] >= sweep || IsOutput(step.Result))
        {
            return sweepOf[name] < sweep;
        }

        if (spills.TryGetValue(name, out var holder))
        {
            return sweepOf[holder] >= sweep; // afterwards its memory holds the output
        }

        if (needs[sweepOf[name]].Contains(name) && Chain(step) >= KernelCosts.WorthKeeping
            && outputs.FirstOrDefault(output => space.ReachOf(output) == Reach.Full && sweepOf[output.Name] >= sweep && !spills.ContainsValue(output.Name)) is { } free)
        {
            spills[name] = free.Name;
            return true;
        }

        return false;
    }

    /// <summary>What it costs to compute a value again from what lies in memory.</summary>
    private int Chain(Statement step) => (step is Statement.Compute compute ? KernelCosts.Of(compute.Body) : 0)
        + step.Reads().Distinct().Sum(read => made.TryGetValue(read.Name, out var source) && IsFull(source) && !IsOutput(source.Result) ? Chain(source) : 0);

    private KernelSweep Sweep(int sweep, HashSet<string> needed)
    {
        var computed = steps.Where(step => needed.Contains(step.Result.Name)).ToArray();
        var reads = computed.SelectMany(step => step.Reads()).Where(read => made.ContainsKey(read.Name) && space.ReachOf(read) == Reach.Full && !needed.Contains(read.Name));
        var reloads = reads.GroupBy(read => read.Name).Select(group => new KernelSpill(group.First(), spills.TryGetValue(group.Key, out var output) ? output : group.Key));
        return new KernelSweep(
            RowSteps(sweep),
            computed.OfType<Statement.Compute>().ToEquatableArray(),
            reloads.ToEquatableArray(),
            computed.Where(step => spills.ContainsKey(step.Result.Name) && sweepOf[step.Result.Name] == sweep).Select(step => new KernelSpill(step.Result, spills[step.Result.Name])).ToEquatableArray(),
            computed.OfType<Statement.Fold>().ToEquatableArray(),
            computed.Where(step => IsFull(step) && IsOutput(step.Result) && sweepOf[step.Result.Name] == sweep).Select(step => step.Result).ToEquatableArray());
    }

    private EquatableArray<Statement.Compute> RowSteps(int sweep) => steps.OfType<Statement.Compute>()
        .Where(step => !IsFull(step) && sweepOf[step.Result.Name] == sweep).ToEquatableArray();

    /// <summary>A result takes over the memory of an input that nobody reads afterwards, if no later sweep reads it.</summary>
    private string? Over(Value output, EquatableArray<KernelValue> inputs, IReadOnlyList<KernelOutput> sofar)
    {
        if (space.ReachOf(output) != Reach.Full || spills.ContainsValue(output.Name))
        {
            return null;
        }

        var sweep = sweepOf[output.Name];
        bool IsReadLater(string input) => Enumerable.Range(sweep + 1, Math.Max(0, steps.Count - sweep)).Any(later => Reads(later, input));
        return inputs.FirstOrDefault(input => input.Reach == Reach.Full && owned.Contains(input.Value.Name)
            && sofar.All(other => other.Over != input.Value.Name) && !IsReadLater(input.Value.Name))?.Value.Name;
    }

    private bool Reads(int sweep, string input)
    {
        return sweep < needs.Count && steps.Any(step => needs[sweep].Contains(step.Result.Name) && step.Reads().Any(read => read.Name == input));
    }
}
