using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams;

/// <summary>
/// Weight compander: <c>W = Ψ(v) = a · arctan(v / b)</c>, a, b &gt; 0 (Cakaj, Mehnert, Yang 2023, arXiv 2306.16993),
/// and three curves of the same shape. a and b are stored as log_a and log_b: <c>a = exp(log_a)</c> stays positive.
/// Fold: Ψ is evaluated once. Inverse: <c>v = b · tan(W / a)</c>, for |W| &lt; a·π/2 only.
/// </summary>
internal static class Compander
{
    /// <summary>π/2, correctly rounded to double.</summary>
    private const double HalfPi = 1.5707963267948966;

    /// <summary>Beyond these a float32 curve is a step or a line, and its inverse overflows.</summary>
    private const double Smallest = 1e-6;

    private const double Largest = 1e6;

    public static Method Method { get; } = new("Compander", Check, Apply, BaseName: _ => "v", Freezes: _ => false);

    /// <summary>One curve for height a and width b: its formula, Ψ, Ψ⁻¹ and the limit of |Ψ| in units of a.</summary>
    private sealed record CurveFacts(string Formula, Func<Expr, Expr, Expr, Expr> Map, Func<Expr, Expr, Expr, Expr> Inverse, double? Limit);

    private static readonly IReadOnlyDictionary<string, CurveFacts> Curves = new Dictionary<string, CurveFacts>
    {
        ["Arctan"] = new("a · arctan(v / b)",
            (v, a, b) => a * Name("curve", Atan(Name("ratio", v / b))),
            (w, a, b) => b * Tan(w / a),
            Limit: HalfPi),
        ["Tanh"] = new("a · tanh(v / b)",
            (v, a, b) => a * Name("curve", Tanh(Name("ratio", v / b))),
            (w, a, b) => b * Atanh(w / a),
            Limit: 1),
        ["Softsign"] = new("a · v / (b + |v|)",
            (v, a, b) => a * (v / Name("width", b + Abs(v))),
            (w, a, b) => b * w / (a - Abs(w)),
            Limit: 1),
        ["MuLaw"] = new("sign(v) · a · ln(1 + |v| / b) / ln(1 + 1 / b)",
            MuLaw,
            (w, a, b) => b * (Sign(w) * (Exp(Abs(w) / a * Log(1 + (1 / b))) - 1)),
            Limit: null),
    };

    /// <summary>
    /// (|v| + v) / 2 and (|v| - v) / 2 are the parts of v above and below zero; one of the logarithms is always 0. Written with
    /// sign(v) the curve would have a derivative of 0 at zero, where its slope is a / (b·ln(1 + 1/b)).
    /// </summary>
    private static Expr MuLaw(Expr v, Expr a, Expr b)
    {
        var size = Name("size", Abs(v));
        return a * ((Log(1 + ((size + v) / (2 * b))) - Log(1 + ((size - v) / (2 * b)))) / Name("norm", Log(1 + (1 / b))));
    }

    private static EffectiveWeight Apply(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var curve = CurveOf(attribute);
        var learnable = attribute.Flag("Learnable", true);
        var (initialA, initialB) = (attribute.Double("A", 1.0), attribute.Double("B", 0.5));
        var logA = new Tensor("log_a", TensorRole.Trainable, []);
        var logB = new Tensor("log_b", TensorRole.Trainable, []);
        var a = learnable ? Name("a", Exp(logA.All)) : Number(initialA);
        var b = learnable ? Name("b", Exp(logB.All)) : Number(initialB);

        var stored = weight.Merged is Access alone ? alone : Name("merged", weight.Merged);
        var target = shape.Target;
        var undo = new List<InitStep>();
        if (learnable)
        {
            undo.Add(new InitStep.Store(logA, Number(Math.Log(initialA))));
            undo.Add(new InitStep.Store(logB, Number(Math.Log(initialB))));
        }

        if (curve.Limit is { } limit)
        {
            undo.Add(new InitStep.RequireBelow(limit * initialA, "the bound of the " + attribute.Choice("Curve", "Arctan") + " curve"));
        }

        undo.Add(new InitStep.Retarget(curve.Inverse(target, Number(initialA), Number(initialB))));
        return (weight with { Dense = Name("weight", curve.Map(stored, a, b)), Branches = [], Packed = null, NonZeros = weight.Branches.Count == 0 ? weight.NonZeros : null }).With(
            learnable ? [new StoredTensor(logA, "ln a, a the height of the curve"), new StoredTensor(logB, "ln b, b the width of the curve")] : [],
            undo,
            new MethodNote("Compander", "W = " + curve.Formula, "Cakaj, Mehnert, Yang: Weight Compander, 2023, arXiv 2306.16993"));
    }

    /// <summary>a, b from 1e-6 to 1e6; the usual initial weights, up to 1/√in, must lie under the curve's bound.</summary>
    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute, WeightShape shape)
    {
        var usable = true;
        foreach (var (name, otherwise) in new[] { ("A", 1.0), ("B", 0.5) })
        {
            var value = attribute.Double(name, otherwise);
            if (!(value >= Smallest && value <= Largest))
            {
                usable = false;
                yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.CompanderNotPositive, name, Text(value));
            }
        }

        if (!Curves.ContainsKey(attribute.Choice("Curve", "Arctan")))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.UnknownChoice, "Compander", "Curve", attribute.Choice("Curve", "Arctan"), string.Join(", ", Curves.Keys));
        }
        else if (usable && CurveOf(attribute).Limit is { } limit && limit * attribute.Double("A", 1.0) <= 1 / Math.Sqrt(shape.Columns))
        {
            var least = 1 / (limit * Math.Sqrt(shape.Columns));
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.CompanderTooLow, Text(attribute.Double("A", 1.0)), Text(shape.Columns), Text(least));
        }
    }

    private static CurveFacts CurveOf(AttributeSpec attribute) => Curves[attribute.Choice("Curve", "Arctan")];

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
