using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// The values of a kernel that decide which of two levels is taken: they reach a rounding or a comparison through sums, products and bounds. A unit in
/// the last place more or less could change a whole step there, so that these are computed exactly as the formula says.
/// </summary>
internal static class ExactValues
{
    public static HashSet<string> Of(RowKernel kernel)
    {
        var bodies = kernel.Sweeps
            .SelectMany(sweep => sweep.RowSteps.Concat(sweep.Steps).Select(step => (step.Result.Name, step.Body)).Concat(sweep.Folds.Select(fold => (fold.Result.Name, fold.Body))))
            .Concat(kernel.RowSteps.Select(step => (step.Result.Name, step.Body))).ToArray();
        var exact = new HashSet<string>();
        for (var count = -1; count < exact.Count;)
        {
            count = exact.Count;
            foreach (var (name, body) in bodies)
            {
                Visit(body, exact.Contains(name), exact);
            }
        }

        return exact;
    }

    /// <summary>Whether the arguments of a function are, where its value is or is not.</summary>
    public static bool Arguments(Function function, bool isExact) => function switch
    {
        Function.Round or Function.Floor or Function.GreaterOrEqual or Function.Greater or Function.Sign or Function.NearestLevel or Function.LevelAt => true,
        Function.Exp or Function.Exp2 or Function.Log or Function.Log2 or Function.Atan or Function.Tanh => false,
        _ => isExact,
    };

    private static void Visit(Pointwise body, bool isExact, HashSet<string> exact)
    {
        switch (body)
        {
            case Pointwise.Read read when isExact:
                exact.Add(read.Source.Name);
                break;
            case Pointwise.Apply apply:
                foreach (var argument in apply.Arguments)
                {
                    Visit(argument, Arguments(apply.Function, isExact), exact);
                }

                break;
        }
    }
}
