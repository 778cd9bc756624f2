using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// Sums of matrix products become one step each: products are added where the sum lies, instead of in passes of their own over it.
/// </summary>
internal static class Accumulation
{
    public static Program Apply(Program program)
    {
        var uses = program.Statements.SelectMany(statement => statement.Reads()).Concat(program.Results).GroupBy(value => value.Name).ToDictionary(group => group.Key, group => group.Count());
        var products = program.Statements.OfType<Statement.Contract>().Where(contract => IsMatrixProduct(contract) && uses[contract.Result.Name] == 1).ToDictionary(contract => contract.Result.Name);
        var sums = program.Statements.OfType<Statement.Compute>().Select(compute => Read(compute, products)).OfType<Statement.Accumulate>().ToDictionary(sum => sum.Result.Name);
        var taken = new HashSet<string>(program.Statements.OfType<Statement.Compute>().Where(compute => sums.ContainsKey(compute.Result.Name)).SelectMany(compute => compute.Body.Reads()).Select(read => read.Name).Where(products.ContainsKey));
        bool Stays(Statement statement) => !taken.Contains(statement.Result.Name);
        return program with
        {
            Statements = program.Statements.Where(Stays).Select(statement => sums.TryGetValue(statement.Result.Name, out var sum) ? sum : statement).ToEquatableArray(),
            Ends = program.Ends.Select(end => program.Statements.Take(end).Count(Stays)).ToEquatableArray(),
        };
    }

    /// <summary>Whether a contraction is a product of two matrices in the order of the result.</summary>
    public static bool IsMatrixProduct(Statement.Contract contract)
    {
        var (left, right, result) = (contract.Left.Axes, contract.Right.Axes, contract.Result.Axes);
        return left.Count == 2 && right.Count == 2 && result.Count == 2 && left.Intersect(right).Except(result).Count() == 1 && left.Contains(result[0]) && right.Contains(result[1]);
    }

    private static Statement.Accumulate? Read(Statement.Compute compute, IReadOnlyDictionary<string, Statement.Contract> products)
    {
        var terms = Terms(compute.Body).ToArray();
        var factors = terms.Select(term => Factor(term, products)).ToArray();
        var others = terms.Where((_, k) => factors[k] is null).ToArray();
        var start = others.Length == 1 && others[0] is Pointwise.Read read && IsEndOf(read.Source.Axes, compute.Result.Axes) ? read.Source : null;
        var found = factors.OfType<ScaledProduct>().OrderBy(product => product.Factor.IsOne ? 0 : 1).ToEquatableArray();
        return terms.Length > 1 && found.Count > 0 && others.Length == (start is null ? 0 : 1) && (start is not null || found[0].Factor.IsOne)
            && terms.SelectMany(term => term.Reads()).Where(value => products.ContainsKey(value.Name)).All(value => value.Axes == compute.Result.Axes)
            ? new Statement.Accumulate(compute.Result, start, found)
            : null;
    }

    private static IEnumerable<Pointwise> Terms(Pointwise body) => body is Pointwise.Apply { Function: Function.Add } sum ? sum.Arguments.SelectMany(Terms) : [body];

    private static ScaledProduct? Factor(Pointwise term, IReadOnlyDictionary<string, Statement.Contract> products) => term switch
    {
        Pointwise.Read read when products.TryGetValue(read.Source.Name, out var product) => new ScaledProduct(product.Left, product.Right, Rational.One),
        Pointwise.Apply { Function: Function.Multiply } scaled when scaled.Arguments[0] is Pointwise.Number factor && IsFloat(factor.Exact) && Factor(scaled.Arguments[1], products) is { Factor.IsOne: true } product =>
            product with { Factor = factor.Exact },
        _ => null,
    };

    /// <summary>TorchSharp takes the factor as float32, whatever the tensors are.</summary>
    private static bool IsFloat(Rational factor) => Rational.FromDouble((float)factor.ToDouble()) == factor;

    /// <summary>Whether a value can be spread over the rows of another.</summary>
    private static bool IsEndOf(EquatableArray<Index> axes, EquatableArray<Index> all) => axes.Count > 0 && axes.SequenceEqual(all.Skip(all.Count - axes.Count));
}
