using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Parts that occur several times in the steps of a loop become steps of their own.</summary>
internal sealed class SharedParts(Func<string, string> fresh, EquatableArray<Index> kernelSpace)
{
    private readonly HashSet<Pointwise> seen = [];
    private readonly HashSet<Pointwise> repeated = [];
    private readonly Dictionary<Pointwise, Value> shared = [];
    private readonly List<Statement.Compute> result = [];

    public (EquatableArray<Statement.Compute> Steps, EquatableArray<Statement.Fold> Folds) Extract(IReadOnlyList<Statement.Compute> steps, IReadOnlyList<Statement.Fold> folds)
    {
        foreach (var body in steps.Select(step => step.Body).Concat(folds.Select(fold => fold.Body)))
        {
            Count(body);
        }

        foreach (var step in steps)
        {
            var body = step.Body is Pointwise.Apply apply && shared.ContainsKey(apply) ? Replace(apply) : Inner(step.Body);
            result.Add(step with { Body = body });
            if (step.Body is Pointwise.Apply whole && !shared.ContainsKey(whole))
            {
                shared[whole] = step.Result; // the step itself is the part from here on
            }
        }

        var reduced = folds.Select(fold => fold with { Body = Replace(fold.Body) }).ToEquatableArray();
        return (result.ToEquatableArray(), reduced);
    }

    /// <summary>Inside of a part that was met before nothing is counted again.</summary>
    private void Count(Pointwise body)
    {
        if (body is not Pointwise.Apply apply || !apply.Reads().Any())
        {
            return;
        }

        if (!seen.Add(apply))
        {
            repeated.Add(apply);
            return;
        }

        foreach (var argument in apply.Arguments)
        {
            Count(argument);
        }
    }

    private Pointwise Replace(Pointwise body)
    {
        if (body is not Pointwise.Apply apply)
        {
            return body;
        }

        if (shared.TryGetValue(apply, out var known))
        {
            return new Pointwise.Read(known);
        }

        if (!repeated.Contains(apply) || apply.Function == Function.Negate)
        {
            return Inner(apply);
        }

        var inner = Inner(apply);
        var value = new Value(fresh(NameOf(apply.Function)), kernelSpace);
        result.Add(new Statement.Compute(value, inner));
        shared[apply] = value;
        return new Pointwise.Read(value);
    }

    private Pointwise Inner(Pointwise body) => body is Pointwise.Apply apply ? new Pointwise.Apply(apply.Function, apply.Arguments.Select(Replace).ToEquatableArray()) : body;

    private static string NameOf(Function function) => function switch
    {
        Function.Add => "sum",
        Function.Subtract => "difference",
        Function.Multiply => "product",
        Function.Divide => "quotient",
        Function.Max or Function.Min => "clipped",
        Function.Abs => "size",
        Function.GreaterOrEqual or Function.Greater => "isAbove",
        _ => NamesOf.Variable(function.ToString()),
    };
}
