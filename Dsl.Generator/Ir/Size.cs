using System.Globalization;

namespace LayerDsl.Generator.Ir;

/// <summary>
/// How many values an index takes: a polynomial with integer coefficients over size symbols. A plain number is a constant
/// polynomial, <c>in</c> is a symbol, a merged index of heads and features has size <c>heads·head_dim</c>.
/// Symbols stay symbolic in proofs, which therefore hold for every size; cost estimates substitute the declared values.
/// </summary>
internal readonly record struct Size
{
    private readonly EquatableArray<Monomial> terms;

    private Size(EquatableArray<Monomial> terms) => this.terms = terms;

    /// <summary>One product of symbols with its coefficient; symbols sorted, repeated for powers.</summary>
    internal readonly record struct Monomial(long Coefficient, EquatableArray<string> Symbols);

    public static Size Zero => default;

    public static Size One => Of(1);

    public EquatableArray<Monomial> Terms => terms;

    public bool IsZero => terms.Count == 0;

    /// <summary>The number, where the size is one.</summary>
    public long? Constant => terms.Count switch
    {
        0 => 0,
        1 when terms[0].Symbols.Count == 0 => terms[0].Coefficient,
        _ => null,
    };

    public static Size Of(long value) => value == 0 ? default : new Size([new Monomial(value, [])]);

    public static Size Symbol(string name) => new([new Monomial(1, [name])]);

    public static implicit operator Size(long value) => Of(value);

    public static implicit operator Size(int value) => Of(value);

    public static Size operator +(Size a, Size b) => Collect(a.terms.Concat(b.terms));

    public static Size operator -(Size a) => Collect(a.terms.Select(term => term with { Coefficient = -term.Coefficient }));

    public static Size operator -(Size a, Size b) => a + -b;

    public static Size operator *(Size a, Size b) => Collect(
        from left in a.terms
        from right in b.terms
        select new Monomial(checked(left.Coefficient * right.Coefficient), SortSymbols(left.Symbols.Concat(right.Symbols))));

    /// <summary>The size divided by a single product of symbols, where that leaves no rest.</summary>
    public Size? DivideBy(Size divisor)
    {
        if (divisor.terms.Count != 1)
        {
            return null;
        }

        var quotients = terms.Select(term => Divide(term, divisor.terms[0])).ToArray();
        return quotients.All(quotient => quotient is not null) ? Collect(quotients.Select(quotient => quotient!.Value)) : null;
    }

    /// <summary>The size with every symbol replaced for which <paramref name="of"/> has an answer.</summary>
    public Size Substitute(Func<string, Size?> of) => terms.Aggregate(Zero, (sum, term) =>
        sum + term.Symbols.Aggregate(Of(term.Coefficient), (product, symbol) => product * (of(symbol) ?? Symbol(symbol))));

    /// <summary>The number this size has when every symbol takes the value that <paramref name="valueOf"/> gives.</summary>
    public long Evaluate(Func<string, long> valueOf)
    {
        var total = 0L;
        foreach (var term in terms)
        {
            var product = term.Coefficient;
            foreach (var symbol in term.Symbols)
            {
                product = checked(product * valueOf(symbol));
            }

            total = checked(total + product);
        }

        return total;
    }

    public override string ToString() => IsZero
        ? "0"
        : string.Join(" + ", terms.Select(Print)).Replace("+ -", "- ");

    private static Monomial? Divide(Monomial term, Monomial divisor)
    {
        var symbols = term.Symbols.ToList();
        return term.Coefficient % divisor.Coefficient == 0 && divisor.Symbols.All(symbols.Remove)
            ? new Monomial(term.Coefficient / divisor.Coefficient, symbols.ToEquatableArray())
            : null;
    }

    private static string Print(Monomial term)
    {
        var symbols = string.Join("·", term.Symbols);
        var coefficient = term.Coefficient.ToString(CultureInfo.InvariantCulture);
        return (term.Coefficient, symbols.Length) switch
        {
            (_, 0) => coefficient,
            (1, _) => symbols,
            (-1, _) => "-" + symbols,
            _ => coefficient + "·" + symbols,
        };
    }

    private static EquatableArray<string> SortSymbols(IEnumerable<string> symbols) =>
        symbols.OrderBy(symbol => symbol, StringComparer.Ordinal).ToEquatableArray();

    private static Size Collect(IEnumerable<Monomial> terms) => new(terms
        .GroupBy(term => term.Symbols)
        .Select(group => new Monomial(group.Sum(term => term.Coefficient), group.Key))
        .Where(term => term.Coefficient != 0)
        .OrderByDescending(term => term.Symbols.Count)
        .ThenBy(term => string.Join("\u0001", term.Symbols), StringComparer.Ordinal)
        .ToEquatableArray());
}
