using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Turns the steps of a pass into launches on a device, or says what no kernel computes.</summary>
/// <param name="forms">The layer, with all sizes but the batch as numbers.</param>
internal sealed class DeviceSteps(LayerForms forms)
{
    /// <summary>A launch has at most 16 arguments, of which two are stream and grid.</summary>
    private const int MostViews = 13;

    private readonly List<DeviceStep> steps = [];
    private readonly WindowSteps windows = new(forms);
    private Dictionary<string, int> readers = [];

    /// <summary>Why a device cannot run the pass; null where it can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The launches of some steps.</summary>
    public IReadOnlyList<DeviceStep> Of(IReadOnlyCollection<Statement> statements)
    {
        steps.Clear();
        readers = statements.SelectMany(statement => statement.Reads()).GroupBy(read => read.Name).ToDictionary(group => group.Key, group => group.Count());
        foreach (var statement in statements)
        {
            Add(Apart(statement));
        }

        return steps.ToArray();
    }

    /// <summary>A value that a step reads at two places at once, as a matrix and its transpose, is copied: a kernel has one variable for each tensor.</summary>
    private Statement Apart(Statement statement)
    {
        while (statement is Statement.Compute or Statement.Fold && ReadTwice(statement.Reads()) is { } read)
        {
            var copy = read with { Name = read.Name + "Across" };
            steps.Add(new DeviceStep.Copy(copy, read));
            statement = statement switch
            {
                Statement.Compute compute => compute with { Body = Replaced(compute.Body, read, copy) },
                Statement.Fold fold => fold with { Body = Replaced(fold.Body, read, copy) },
                _ => statement,
            };
        }

        return statement;
    }

    /// <summary>The second place of a value that is read at two; null where each is read at one.</summary>
    private static Value? ReadTwice(IEnumerable<Value> reads) => reads.Distinct().GroupBy(read => read.Name).FirstOrDefault(group => group.Count() > 1)?.Last();

    private static Pointwise Replaced(Pointwise body, Value read, Value by) => body switch
    {
        Pointwise.Read found when found.Source == read => new Pointwise.Read(by),
        Pointwise.Apply apply => new Pointwise.Apply(apply.Function, apply.Arguments.Select(argument => Replaced(argument, read, by)).ToEquatableArray()),
        _ => body,
    };

    private void Add(Statement statement)
    {
        switch (statement)
        {
            case Statement.Contract contract:
                Multiply(contract.Result, contract.Left, contract.Right, Rational.One, null, adds: false);
                break;
            case Statement.Convolve convolve:
                steps.Add(windows.Of(convolve));
                break;
            case Statement.Accumulate sum:
                Accumulate(sum);
                break;
            case Statement.Compute compute when Check(compute.Body):
                AddPoints(compute);
                break;
            case Statement.Fold fold when Check(fold.Body):
                AddFold(fold);
                break;
            case Statement.Diagonals or Statement.DiagonalSums or Statement.Spread or Statement.BlockSums:
                steps.Add(new DeviceStep.Placed(statement.Result, statement.Reads().Single(), statement));
                break;
            case Statement.Identity identity:
                steps.Add(new DeviceStep.Placed(identity.Result, null, identity));
                break;
            case Statement.Invert invert:
                steps.Add(new DeviceStep.Invert(invert.Result, invert.Source, invert.Result with { Name = invert.Result.Name + "Work" }));
                break;
            case Statement.Sweep sweep when Bodies(sweep.Kernel).All(Check):
                CheckCount(sweep.Kernel.Inputs.Select(input => input.Value), sweep.Kernel.Outputs.Count(output => output.Over is null));
                steps.Add(new DeviceStep.Rows(sweep.Kernel));
                break;
            case Statement.Compute or Statement.Fold or Statement.Sweep:
                break;
            case Statement.Gather gather:
                steps.Add(new DeviceStep.Gather(gather.Result, gather.Source, gather.Table, gather.Stored));
                break;
            case Statement.Scatter scatter:
                steps.Add(new DeviceStep.Scatter(scatter.Result, scatter.Rows, scatter.Table, scatter.Padding, scatter.Stored));
                break;
            default:
                Refuse($"its step {statement.Result.Name} has no kernel");
                break;
        }
    }

    private void Multiply(Value result, Value left, Value right, Rational factor, Value? bias, bool adds)
    {
        if (DeviceProduct.Of(left, right, result) is { } product)
        {
            steps.Add(new DeviceStep.Product(result, product.Left, product.Right, product.Shape, factor, bias, adds));
        }
        else if (!adds && bias is null && factor.IsOne && windows.Of(result, left, right) is { } window)
        {
            steps.Add(window);
        }
        else if (bias is null && !adds && factor.IsOne)
        {
            // Each place of the result has a sum of its own, as with the planes of a binary weight.
            AddFold(new Statement.Fold(result, Reduction.Sum, left.Axes.Union(right.Axes).Except(result.Axes).ToEquatableArray(), new Pointwise.Apply(Function.Multiply, [new Pointwise.Read(left), new Pointwise.Read(right)])));
        }
        else
        {
            Refuse($"its step {result.Name} is no product of two matrices");
        }
    }

    private void AddFold(Statement.Fold fold)
    {
        CheckCount(fold.Reads(), 1);
        if (IsByGroup(fold) && fold.Result.Axes.Count == 0 && fold.Over.Count > 1)
        {
            // A number for each row, and their sum or maximum: one group would walk over everything.
            var byRow = new Value(fold.Result.Name + "ByRow", [fold.Over[0]]);
            steps.Add(new DeviceStep.Reduce(fold with { Result = byRow, Over = fold.Over.Skip(1).ToEquatableArray() }, ByGroup: true));
            fold = fold with { Over = [fold.Over[0]], Body = new Pointwise.Read(byRow) };
        }

        steps.Add(ReduceOf(fold));
    }

    private void Accumulate(Statement.Accumulate sum)
    {
        var bias = sum.Start is { } start && start.Axes.Count < sum.Result.Axes.Count ? sum.Start : null;
        if (sum.Start is not null && bias is null)
        {
            steps.Add(new DeviceStep.Copy(sum.Result, sum.Start));
        }

        var adds = sum.Start is not null && bias is null;
        foreach (var product in sum.Products)
        {
            Multiply(sum.Result, product.Left, product.Right, product.Factor, bias, adds);
            (bias, adds) = (null, true);
        }
    }

    /// <summary>Neighbouring steps over the same axes are one launch.</summary>
    private void AddPoints(Statement.Compute compute)
    {
        if (steps.LastOrDefault() is DeviceStep.Convolve { Bias: null } convolve && WindowSteps.BiasOf(compute, convolve) is { } bias && readers[convolve.Result.Name] == 1)
        {
            steps[steps.Count - 1] = convolve with { Result = compute.Result, Bias = bias };
            return;
        }

        if (steps.LastOrDefault() is DeviceStep.Gather gather && compute.Body is Pointwise.Read { Source: var rows } && rows == gather.Result && compute.Result.Axes == rows.Axes && readers[rows.Name] == 1)
        {
            steps[steps.Count - 1] = gather with { Result = compute.Result };
            return;
        }

        if (steps.LastOrDefault() is DeviceStep.Points last && last.Computed[0].Result.Axes == compute.Result.Axes
            && compute.Reads().All(read => !last.Computed.Any(step => step.Result.Name == read.Name) || read.Axes == compute.Result.Axes)
            && ReadTwice([.. last.Computed.SelectMany(step => step.Reads()), .. compute.Reads()]) is null
            && Views([.. last.Computed, compute]) <= MostViews)
        {
            steps[steps.Count - 1] = new DeviceStep.Points([.. last.Computed, compute]);
            return;
        }

        CheckCount(compute.Reads(), 1);
        steps.Add(new DeviceStep.Points([compute]));
    }

    private static int Views(IReadOnlyCollection<Statement.Compute> steps) =>
        steps.SelectMany(step => step.Reads()).Select(read => read.Name).Except(steps.Select(step => step.Result.Name)).Distinct().Count() + steps.Count;

    private void CheckCount(IEnumerable<Value> reads, int results)
    {
        if (reads.Select(read => read.Name).Distinct().Count() + results > MostViews)
        {
            Refuse($"one of its passes over memory reads more than {MostViews} tensors");
        }
    }

    private static IEnumerable<Pointwise> Bodies(RowKernel kernel) => kernel.Setup.Concat(kernel.RowSteps).Concat(kernel.Sweeps.SelectMany(sweep => sweep.RowSteps.Concat(sweep.Steps)))
        .Select(step => step.Body).Concat(kernel.Sweeps.SelectMany(sweep => sweep.Folds).Select(fold => fold.Body));

    /// <summary>Whether what is summed over lies in one piece wherever it is read, and last.</summary>
    private static bool IsByGroup(Statement.Fold fold)
    {
        var wholes = fold.Reads().Select(read => read.Axes).ToArray();
        return wholes.All(axes => !axes.Any(fold.Over.Contains) || axes.Skip(axes.Count - fold.Over.Count).SequenceEqual(fold.Over)) && wholes.Any(axes => axes.Any(fold.Over.Contains));
    }

    /// <summary>A group for each result where what is summed over lies in one piece, or in a piece for each of the leading axes.</summary>
    private static DeviceStep.Reduce ReduceOf(Statement.Fold fold)
    {
        if (IsByGroup(fold))
        {
            return new DeviceStep.Reduce(fold, ByGroup: true);
        }

        var wholes = fold.Reads().Select(read => read.Axes).Where(axes => axes.Any(fold.Over.Contains)).Distinct().ToArray();
        var outer = wholes.Length == 0 ? 0 : wholes[0].TakeWhile(fold.Over.Contains).Count();
        var kept = fold.Result.Axes;
        return wholes.Length == 1 && outer > 0 && outer < fold.Over.Count && kept.Count > 0 && fold.Reads().All(read => read.Axes == wholes[0] || read.Axes == kept || read.Axes.Count == 0)
            && wholes[0].SequenceEqual(fold.Over.Take(outer).Concat(kept).Concat(fold.Over.Skip(outer)))
            ? new DeviceStep.Reduce(fold, ByGroup: true) { Outer = fold.Over.Take(outer).ToEquatableArray() }
            : new DeviceStep.Reduce(fold, ByGroup: false);
    }

    private Size? Known(string symbol) => symbol == BatchSymbol ? null : Size.Of(forms.Evaluate(Size.Symbol(symbol)));

    private string BatchSymbol => forms.OutputAxes[0].Size.Terms[0].Symbols[0];

    private bool Check(Pointwise body)
    {
        switch (body)
        {
            case Pointwise.Extent extent when extent.Size.Substitute(Known) is var size && size.Terms.Any(term => term.Symbols.Any(symbol => symbol != BatchSymbol)):
                Refuse("a formula of it depends on a size that only the input has");
                return false;
            case Pointwise.Apply apply:
                return apply.Arguments.All(Check);
            default:
                return true;
        }
    }

    private void Refuse(string reason) => Refusal ??= reason;
}
