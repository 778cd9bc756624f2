using System.Text;
using LayerDsl.Generator.Ir;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof.Smt;

/// <summary>
/// Writes expressions at given sizes as formulas over the reals, an element of a tensor a variable each. Transcendental
/// functions have no meaning but that equal arguments give equal values, that odd ones are odd and exponentials positive.
/// </summary>
internal sealed class SmtText(Func<string, long> sizeOf)
{
    private static readonly Function[] Odd = [Function.Atan, Function.Tanh, Function.Sin];

    private readonly Dictionary<string, string> roots = [];
    private readonly HashSet<string> known = [];
    private readonly StringBuilder declarations = new();

    /// <summary>A script that is satisfiable where the expressions have values that differ.</summary>
    public static string Differ(Expr left, Expr right, Func<string, long> sizeOf, int milliseconds)
    {
        var text = new SmtText(sizeOf);
        var free = left.FreeIndices.Union(right.FreeIndices).ToArray();
        IEnumerable<Dictionary<Index, long>> places = [[]];
        foreach (var index in free)
        {
            places = places.SelectMany(at => Enumerable.Range(0, (int)index.Size.Evaluate(sizeOf)).Select(k => new Dictionary<Index, long>(at) { [index] = k }));
        }

        var different = places.Select(at => $"(distinct {text.Of(left, at)} {text.Of(right, at)})").ToArray();
        return $"(set-option :timeout {milliseconds})\n{text.declarations}(assert (or false {string.Join(" ", different)}))\n(check-sat)\n";
    }

    private string Of(Expr expr, IReadOnlyDictionary<Index, long> at) => expr switch
    {
        Literal literal => Number(literal.Value),
        SizeValue size => Number(size.Size.Evaluate(sizeOf)),
        Access access => Element(access, at),
        LayerDsl.Generator.Ir.Inside inside => PlaceOf(inside.At, at) is var place && place >= 0 && place < inside.Size.Evaluate(sizeOf) ? "1.0" : "0.0",
        Named named => Of(named.Body, at),
        Surrogate surrogate => Of(surrogate.Value, at),
        Reduce reduce => OfReduce(reduce, at),
        Map map => OfMap(map.Function, map.Arguments.Select(argument => Of(argument, at)).ToArray()),
        _ => throw new ArgumentException("unknown kind of expression: " + expr.GetType().Name, nameof(expr)),
    };

    private string OfReduce(Reduce reduce, IReadOnlyDictionary<Index, long> at)
    {
        var values = Enumerable.Range(0, (int)reduce.Index.Size.Evaluate(sizeOf))
            .Select(k => Of(reduce.Body, new Dictionary<Index, long>(at) { [reduce.Index] = k })).ToArray();
        return values.Aggregate((a, b) => reduce.Reduction == Reduction.Sum ? $"(+ {a} {b})" : OfMap(Function.Max, [a, b]));
    }

    private string OfMap(Function function, string[] x) => function switch
    {
        Function.Add => $"(+ {x[0]} {x[1]})",
        Function.Subtract => $"(- {x[0]} {x[1]})",
        Function.Negate => $"(- {x[0]})",
        Function.Multiply => $"(* {x[0]} {x[1]})",
        Function.Square => $"(* {x[0]} {x[0]})",
        Function.Divide => Quotient(x[0], x[1]),
        Function.Sqrt => Root(x[0]),
        Function.Abs => $"(ite (>= {x[0]} 0.0) {x[0]} (- {x[0]}))",
        Function.Sign => $"(ite (> {x[0]} 0.0) 1.0 (ite (< {x[0]} 0.0) (- 1.0) 0.0))",
        Function.Max => $"(ite (>= {x[0]} {x[1]}) {x[0]} {x[1]})",
        Function.Min => $"(ite (<= {x[0]} {x[1]}) {x[0]} {x[1]})",
        Function.GreaterOrEqual => $"(ite (>= {x[0]} {x[1]}) 1.0 0.0)",
        Function.Greater => $"(ite (> {x[0]} {x[1]}) 1.0 0.0)",
        Function.Select => $"(ite (distinct {x[0]} 0.0) {x[1]} {x[2]})",
        Function.Floor => $"(to_real (to_int {x[0]}))",
        Function.Round => Round(x[0]),
        _ => Uninterpreted(function, x[0]),
    };

    private string Quotient(string a, string b)
    {
        Assert($"(distinct {b} 0.0)");
        return $"(/ {a} {b})";
    }

    private string Root(string x)
    {
        if (!roots.TryGetValue(x, out var root))
        {
            roots[x] = root = "root" + roots.Count;
            Declare(root);
            Assert($"(and (>= {root} 0.0) (= (* {root} {root}) {x}))");
        }

        return root;
    }

    /// <summary>⌊x + 1/2⌋, one less where x lies half-way and that is odd.</summary>
    private static string Round(string x)
    {
        var up = $"(to_int (+ {x} 0.5))";
        return $"(to_real (ite (and (= (to_real {up}) (+ {x} 0.5)) (= (mod {up} 2) 1)) (- {up} 1) {up}))";
    }

    private string Uninterpreted(Function function, string x)
    {
        var name = function.ToString();
        if (known.Add(name))
        {
            declarations.Append("(declare-fun ").Append(name).AppendLine(" (Real) Real)");
        }

        if (Odd.Contains(function))
        {
            Assert($"(= ({name} (- {x})) (- ({name} {x})))");
        }
        else if (function == Function.Exp)
        {
            Assert($"(> ({name} {x}) 0.0)");
        }

        return $"({name} {x})";
    }

    private string Element(Access access, IReadOnlyDictionary<Index, long> at)
    {
        var name = "|" + access.Tensor.Name + "[" + string.Join(",", access.At.Select(place => PlaceOf(place, at))) + "]|";
        if (Declare(name) && access.Tensor.Domain != Domain.Real)
        {
            Assert(access.Tensor.Domain == Domain.Positive ? $"(> {name} 0.0)" : $"(or (= {name} 0.0) (= {name} 1.0))");
        }

        return name;
    }

    private bool Declare(string name)
    {
        var isNew = known.Add(name);
        if (isNew)
        {
            declarations.Append("(declare-const ").Append(name).AppendLine(" Real)");
        }

        return isNew;
    }

    private void Assert(string condition)
    {
        if (known.Add(condition))
        {
            declarations.Append("(assert ").Append(condition).AppendLine(")");
        }
    }

    private long PlaceOf(AffineIndex place, IReadOnlyDictionary<Index, long> at) =>
        place.Offset.Evaluate(sizeOf) + place.Terms.Sum(term => term.Factor.Evaluate(sizeOf) * at[term.Index]);

    private static string Number(Rational value) => value.Sign < 0
        ? $"(- (/ {-value.Numerator}.0 {value.Denominator}.0))"
        : $"(/ {value.Numerator}.0 {value.Denominator}.0)";
}
