using System.Globalization;

namespace LayerDsl.Generator.Ir;

/// <summary>Prints expressions as formulas: <c>Σ_i x[b,i]·W[o,i] + bias[o]</c>.</summary>
internal static class ExprPrinter
{
    private const int Lowest = 0;
    private const int Additive = 1;
    private const int Multiplicative = 2;
    private const int Unary = 3;
    private const int Atomic = 4;

    /// <summary>The formula, with every named value written out.</summary>
    public static string Print(Expr expr) => Print(expr, Lowest, named => null);

    /// <summary>The formula with named values by their names, and one line after it for each of them.</summary>
    /// <param name="left">What stands left of the first equals sign.</param>
    /// <param name="expr">The expression.</param>
    /// <param name="order">The order in which names list their indices.</param>
    public static IReadOnlyList<string> PrintWithDefinitions(string left, Expr expr, IReadOnlyList<Index> order)
    {
        var lines = new List<string>();
        var waiting = new Queue<(string Left, Expr Body)>([(left, expr)]);
        var seen = new HashSet<string>();
        while (waiting.Count > 0)
        {
            var (name, body) = waiting.Dequeue();
            lines.Add(name + " = " + Print(body is Named own ? own.Body : body, Lowest, named =>
            {
                var reference = Reference(named, order);
                if (seen.Add(reference))
                {
                    waiting.Enqueue((reference, named.Body));
                }

                return reference;
            }));
        }

        return lines;
    }

    private static string Reference(Named named, IReadOnlyList<Index> order) => named.FreeIndices.Count == 0
        ? named.Name
        : named.Name + "[" + string.Join(",", named.FreeIndices.OrderBy(index => order.ToList().IndexOf(index)).Select(index => index.Name)) + "]";

    private static string Print(Expr expr, int around, Func<Named, string?> nameOf)
    {
        var (text, own) = expr switch
        {
            Literal literal => (literal.Value.IsInteger ? literal.Value.ToString() : Decimal(literal.Value), literal.Value.Sign < 0 ? Unary : Atomic),
            SizeValue size => (size.Size.ToString(), size.Size.Terms.Count > 1 ? Additive : size.Size.Terms.Any(term => term.Symbols.Count > 1) ? Multiplicative : Atomic),
            Access access => (access.At.Count == 0 ? access.Tensor.Name : access.Tensor.Name + "[" + string.Join(",", access.At) + "]", Atomic),
            Codebook book => (book.Name, Atomic),
            Inside inside => ($"[0 ≤ {inside.At} < {inside.Size}]", Atomic),
            Named named => nameOf(named) is { } name ? (name, Atomic) : (Print(named.Body, around, nameOf), Atomic),
            Surrogate surrogate => (Print(surrogate.Value, around, nameOf), Atomic),
            Reduce reduce => ((reduce.Reduction == Reduction.Sum ? "Σ_" : "max_") + reduce.Index.Name + " " + Print(reduce.Body, Multiplicative, nameOf), Additive),
            MatrixInverse inverse => ($"inverse_{inverse.Rows.Name},{inverse.Columns.Name}({Print(inverse.Body, Lowest, nameOf)})[{inverse.Row},{inverse.Column}]", Atomic),
            Map map => PrintMap(map, nameOf),
            _ => throw new ShapeException("A kind of expression without a printed form: " + expr.GetType().Name),
        };
        return own < around ? "(" + text + ")" : text;
    }

    private static (string Text, int Precedence) PrintMap(Map map, Func<Named, string?> nameOf)
    {
        string At(int position, int around) => Print(map.Arguments[position], around, nameOf);
        return map.Function switch
        {
            Function.Add => (At(0, Additive) + " + " + At(1, Additive), Additive),
            Function.Subtract => (At(0, Additive) + " - " + At(1, Multiplicative), Additive),
            Function.Multiply => (At(0, Multiplicative) + "·" + At(1, Multiplicative), Multiplicative),
            Function.Divide => (At(0, Multiplicative) + " / " + At(1, Unary), Multiplicative),
            Function.Negate => ("-" + At(0, Unary), Unary),
            Function.Square => (At(0, Atomic) + "²", Atomic),
            Function.Abs => ("|" + At(0, Lowest) + "|", Atomic),
            Function.GreaterOrEqual => ("[" + At(0, Additive) + " ≥ " + At(1, Additive) + "]", Atomic),
            Function.Greater => ("[" + At(0, Additive) + " > " + At(1, Additive) + "]", Atomic),
            Function.NearestLevel => ("nearest(" + At(1, Atomic) + ", " + At(0, Lowest) + ")", Atomic),
            Function.LevelAt => (At(1, Atomic) + "[" + At(0, Lowest) + "]", Atomic),
            _ => (NameOf(map.Function) + "(" + string.Join(", ", map.Arguments.Select(argument => Print(argument, Lowest, nameOf))) + ")", Atomic),
        };
    }

    private static string NameOf(Function function) => function switch
    {
        Function.Atan => "arctan",
        Function.Atanh => "artanh",
        _ => function.ToString().ToLowerInvariant(),
    };

    /// <summary>A decimal where it is exact and short, else the fraction.</summary>
    private static string Decimal(Rational value)
    {
        var text = value.ToDouble().ToString("R", CultureInfo.InvariantCulture);
        return Rational.Parse(text) == value ? text : value.ToString();
    }
}
