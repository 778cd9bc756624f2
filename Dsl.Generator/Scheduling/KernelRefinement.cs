using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// Takes out of the loops of a kernel what need not be computed at each place: what is the same for a whole row or for all rows, and what occurs several
/// times. Divisions by what is the same for a row become products with its reciprocal, where no rounding to a grid follows (<see cref="ExactValues"/>).
/// </summary>
internal sealed class KernelRefinement
{
    private static readonly Pointwise One = new Pointwise.Number(Rational.One);

    private readonly RowSpace space;
    private readonly HashSet<string> exact;
    private readonly HashSet<string> names;
    private readonly List<Statement.Compute> setup = [];
    private readonly Dictionary<Pointwise, Value> hoisted = [];
    private List<Statement.Compute> rowSteps = [];

    private KernelRefinement(RowKernel kernel)
    {
        space = new RowSpace(kernel.Space, kernel.RowAxes);
        exact = ExactValues.Of(kernel);
        names = [.. kernel.Inputs.Select(input => input.Value.Name), .. kernel.Outputs.Select(output => output.Value.Name), .. kernel.Sweeps.SelectMany(NamesIn), .. kernel.RowSteps.Select(step => step.Result.Name)];
    }

    public static RowKernel Refine(RowKernel kernel)
    {
        var refinement = new KernelRefinement(kernel);
        var sweeps = kernel.Sweeps.Select(refinement.Refine).ToEquatableArray();
        return kernel with { Sweeps = sweeps, Setup = refinement.setup.ToEquatableArray() };
    }

    private static IEnumerable<string> NamesIn(KernelSweep sweep) =>
        sweep.RowSteps.Concat(sweep.Steps).Select(step => step.Result.Name).Concat(sweep.Folds.Select(fold => fold.Result.Name));

    private KernelSweep Refine(KernelSweep sweep)
    {
        rowSteps = [.. sweep.RowSteps];
        var steps = sweep.Steps.Select(step => step with { Body = Hoist(Rewrite(step.Body, exact.Contains(step.Result.Name))) }).ToArray();
        var folds = sweep.Folds.Select(fold => fold with { Body = Hoist(Rewrite(fold.Body, exact.Contains(fold.Result.Name))) }).ToArray();
        var (sharedSteps, sharedFolds) = new SharedParts(Fresh, kernelSpace: space.Axes).Extract(steps, folds);
        return sweep with { RowSteps = rowSteps.ToEquatableArray(), Steps = sharedSteps, Folds = sharedFolds };
    }

    /// <summary>x / s → x · (1 / s), where s is the same for a row.</summary>
    private Pointwise Rewrite(Pointwise body, bool isExact)
    {
        if (body is not Pointwise.Apply apply)
        {
            return body;
        }

        var arguments = apply.Arguments.Select(argument => Rewrite(argument, ExactValues.Arguments(apply.Function, isExact))).ToEquatableArray();
        return apply.Function == Function.Divide && !isExact && IsInvariant(arguments[1]) && !IsInvariant(arguments[0]) && arguments[1].Reads().Any()
            ? new Pointwise.Apply(Function.Multiply, [arguments[0], new Pointwise.Apply(Function.Divide, [One, arguments[1]])])
            : new Pointwise.Apply(apply.Function, arguments);
    }

    private Pointwise Hoist(Pointwise body)
    {
        if (body is not Pointwise.Apply apply || !apply.Reads().Any())
        {
            return body;
        }

        if (!IsInvariant(apply))
        {
            return new Pointwise.Apply(apply.Function, apply.Arguments.Select(Hoist).ToEquatableArray());
        }

        if (!hoisted.TryGetValue(apply, out var value))
        {
            var isForAll = apply.Reads().All(read => read.Axes.Count == 0);
            value = new Value(Fresh(NameOf(apply)), isForAll ? [] : space.Axes.Take(space.RowAxes).ToEquatableArray());
            (isForAll ? setup : rowSteps).Add(new Statement.Compute(value, apply));
            hoisted[apply] = value;
        }

        return new Pointwise.Read(value);
    }

    private bool IsInvariant(Pointwise body) => body.Reads().All(read => space.ReachOf(read) is Reach.Row or Reach.Scalar);

    /// <summary><c>1 / b</c> is <c>inverseB</c>; other products are factors.</summary>
    private static string NameOf(Pointwise.Apply apply)
    {
        var reads = apply.Reads().Select(read => read.Name).Distinct().ToArray();
        return apply.Function == Function.Divide && apply.Arguments[0].Equals(One) ? "inverse" + (reads.Length == 1 ? NamesOf.Pascal(reads[0]) : string.Empty)
            : apply.Function == Function.Max && reads.Length == 1 ? reads[0] + "NotZero"
            : apply.Function is Function.Multiply or Function.Divide ? "factor"
            : reads.Length == 1 ? reads[0] + apply.Function : "offset";
    }

    private string Fresh(string name)
    {
        var candidate = name;
        for (var number = 2; !names.Add(candidate); number++)
        {
            candidate = name + number;
        }

        return candidate;
    }
}
