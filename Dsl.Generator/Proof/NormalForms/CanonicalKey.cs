using System.Globalization;
using System.Text;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>
/// A text that two monomials share exactly if they are equal up to the names of bound indices, the order of factors and
/// the coefficient. The names of bound indices are chosen so that the text is smallest: indices that look alike from
/// outside (same size, same kinds of places) are tried in every order, so that <c>Σ_ij A_ij A_ji</c> and its mirror image meet.
/// </summary>
internal sealed class CanonicalKey
{
    private readonly Budget budget;

    public CanonicalKey(Budget budget) => this.budget = budget;

    public string Of(Monomial monomial) => Of(monomial, new Dictionary<Index, string>());

    public string Of(Polynomial polynomial) => Of(polynomial, new Dictionary<Index, string>());

    private string Of(Polynomial polynomial, Dictionary<Index, string> names) =>
        "{" + string.Join("+", polynomial.Terms.Select(term => term.Coefficient + "*" + Of(term, names)).OrderBy(text => text, StringComparer.Ordinal)) + "}";

    private string Of(Monomial monomial, Dictionary<Index, string> names)
    {
        if (monomial.Bound.Count == 0)
        {
            return Print(monomial, names);
        }

        string? best = null;
        foreach (var order in Orders(Groups(monomial, names)))
        {
            budget.Spend(1 + monomial.Factors.Count);
            var inner = new Dictionary<Index, string>(names);
            foreach (var index in order)
            {
                inner[index] = "#" + inner.Count.ToString(CultureInfo.InvariantCulture) + ":" + index.Size;
            }

            var text = Print(monomial, inner);
            best = best is null || string.CompareOrdinal(text, best) < 0 ? text : best;
        }

        return best!;
    }

    /// <summary>Bound indices grouped by what can be told of them without naming any; groups in a fixed order.</summary>
    private List<List<Index>> Groups(Monomial monomial, Dictionary<Index, string> names)
    {
        var anonymous = new Dictionary<Index, string>(names);
        foreach (var index in monomial.Bound)
        {
            anonymous[index] = "?" + index.Size;
        }

        return monomial.Bound
            .GroupBy(index =>
            {
                var marked = new Dictionary<Index, string>(anonymous) { [index] = "!" + index.Size };
                return Print(monomial, marked);
            })
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.ToList())
            .ToList();
    }

    private static IEnumerable<IEnumerable<Index>> Orders(List<List<Index>> groups) => groups.Aggregate(
        (IEnumerable<IEnumerable<Index>>)[[]],
        (orders, group) => orders.SelectMany(order => Permutations(group).Select(order.Concat)));

    private static IEnumerable<IEnumerable<Index>> Permutations(List<Index> items) => items.Count <= 1
        ? [items]
        : items.SelectMany((item, k) => Permutations([.. items.Take(k), .. items.Skip(k + 1)]).Select(rest => rest.Prepend(item)));

    private string Print(Monomial monomial, Dictionary<Index, string> names)
    {
        var factors = monomial.Factors
            .Select(factor => Print(factor.Atom, names) + (factor.Exponent == 1 ? string.Empty : "^" + factor.Exponent.ToString(CultureInfo.InvariantCulture)))
            .OrderBy(text => text, StringComparer.Ordinal);
        return monomial.Bound.Count.ToString(CultureInfo.InvariantCulture) + "Σ" + string.Join("·", factors);
    }

    private string Print(Atom atom, Dictionary<Index, string> names) => atom switch
    {
        Atom.Entry entry => entry.Tensor.Role + " " + entry.Tensor.Name + "[" + string.Join(",", entry.At.Select(at => Print(at, names))) + "]",
        Atom.Inside inside => "[" + Print(inside.At, names) + "<" + inside.Size + "]",
        Atom.Extent extent => "|" + extent.Symbol + "|",
        Atom.Call call => call.Function + "(" + string.Join(";", call.Arguments.Select(argument => Of(argument, names))) + ")",
        Atom.Whole whole => Of(whole.Sum, names),
        Atom.Largest largest => "max" + Of(largest.Body, new Dictionary<Index, string>(names) { [largest.Over] = "#m" + names.Count.ToString(CultureInfo.InvariantCulture) + ":" + largest.Over.Size }),
        _ => throw new ShapeException("An atom without a key: " + atom.GetType().Name),
    };

    private static string Print(AffineIndex at, Dictionary<Index, string> names)
    {
        var text = new StringBuilder();
        foreach (var term in at.Terms
            .Select(term => term.Factor + "·" + (names.TryGetValue(term.Index, out var name) ? name : term.Index.Name + ":" + term.Index.Size))
            .OrderBy(term => term, StringComparer.Ordinal))
        {
            text.Append(term).Append('+');
        }

        return text.Append(at.Offset).ToString();
    }
}
