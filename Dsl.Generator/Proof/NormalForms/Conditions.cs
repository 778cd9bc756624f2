using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>One case: what holds in it, what the atom is worth in it, and a form that is zero in it, if there is one.</summary>
internal sealed record Case(IReadOnlyList<LinearFact> Facts, Polynomial Value, Polynomial? Zero = null);

/// <summary>The atoms whose value follows from a comparison, and their cases.</summary>
internal static class Conditions
{
    /// <summary>The atoms of a form that can be decided, those inside others first. What depends on an inner bound index is left out.</summary>
    public static IEnumerable<Atom> In(Polynomial form) => form.Terms.SelectMany(term => term.Product.Factors).SelectMany(factor => In(factor.Atom));

    public static string LawOf(Atom atom) => atom switch
    {
        FunctionAtom { Function: Function.Abs } => "|x| = x for x ≥ 0, -x for x ≤ 0",
        FunctionAtom { Function: Function.Max } => "a maximum is one of its values, no smaller than the others",
        FunctionAtom { Function: Function.Sign } => "sign(x) = 1, 0, -1 for x > 0, x = 0, x < 0",
        FunctionAtom => "[x ≥ 0] = 1 for x ≥ 0, 0 for x < 0",
        _ => "a mask is 0 or 1",
    };

    public static IEnumerable<Case> CasesOf(Atom atom)
    {
        if (atom is not FunctionAtom function)
        {
            return [new([], Polynomial.One), new([], Polynomial.Zero)];
        }

        var x = function.Arguments[0];
        return function.Function switch
        {
            Function.Abs => [new([new(x, false)], x), new([new(x * -1, false)], x * -1)],
            Function.Sign => [new([new(x, true)], Polynomial.One), Zero(x, Polynomial.Zero), new([new(x * -1, true)], Polynomial.Of(-1))],
            Function.GreaterOrEqual => [new([new(x, true)], Polynomial.One), Zero(x, Polynomial.One), new([new(x * -1, true)], Polynomial.Zero)],
            _ => function.Arguments.Select(largest => new Case(
                [.. function.Arguments.Where(other => other != largest).Select(other => new LinearFact(largest - other, false))], largest)),
        };
    }

    private static Case Zero(Polynomial x, Polynomial value) => new([new(x, false), new(x * -1, false)], value, x);

    private static IEnumerable<Atom> In(Atom atom)
    {
        var inner = atom switch
        {
            FunctionAtom function => function.Arguments.SelectMany(In),
            GroupAtom group => In(group.Body),
            MaxOverAtom max => In(max.Body),
            InverseAtom inverse => In(inverse.Body),
            _ => [],
        };
        return IsDecidable(atom) ? inner.Append(atom) : inner;
    }

    private static bool IsDecidable(Atom atom) => !atom.Indices.Any(index => index.Name[0] is '$' or '%') && atom switch
    {
        FunctionAtom { Function: Function.Abs or Function.Max or Function.Sign } => true,
        FunctionAtom { Function: Function.GreaterOrEqual } comparison => comparison.Arguments[1].IsZero,
        _ => SignFacts.IsBinary(atom),
    };
}

/// <summary>Replaces an atom by its value wherever it occurs, also inside other atoms.</summary>
internal static class Replacing
{
    public static Polynomial In(Algebra algebra, Polynomial form, string key, Polynomial value)
    {
        if (!form.Key.Contains(key))
        {
            return form;
        }

        return form.Terms.Aggregate(Polynomial.Zero, (sum, term) =>
        {
            // Under names of their own: those of a normal form are given to the sums inside of a value as well.
            var opened = algebra.Opened(term.Product);
            var product = opened.Factors.Aggregate(Polynomial.One, (all, factor) => algebra.Multiply(all, algebra.Power(In(algebra, factor.Atom, key, value), factor.Power)));
            return sum + (opened.Bound.Aggregate(product, (body, index) => algebra.SumOver(index, body)) * term.Coefficient);
        });
    }

    private static Polynomial In(Algebra algebra, Atom atom, string key, Polynomial value) => atom switch
    {
        _ when atom.Key == key => value,
        FunctionAtom function => algebra.Apply(function.Function, [.. function.Arguments.Select(argument => In(algebra, argument, key, value))]),
        GroupAtom group => In(algebra, group.Body, key, value),
        MaxOverAtom max => algebra.MaxOver(max.Index, In(algebra, max.Body, key, value)),
        InverseAtom inverse => algebra.Inverse(inverse.Rows, inverse.Columns, In(algebra, inverse.Body, key, value), inverse.Row, inverse.Column),
        _ => Polynomial.Of(atom),
    };
}
