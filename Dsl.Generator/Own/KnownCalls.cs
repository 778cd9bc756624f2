using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Own;

/// <summary>Which calls formulas may make, and what to write in place of others.</summary>
internal static class KnownCalls
{
    private static readonly string[] OfMath = ["Exp", "Log", "Log2", "Sin", "Cos", "Tan", "Atan", "Tanh", "Atanh", "Sqrt", "Abs", "Floor", "Max", "Min", "Clamp"];

    /// <summary>What users of torch look for, by its name there in small letters.</summary>
    private static readonly IReadOnlyDictionary<string, string> Instead = new Dictionary<string, string>
    {
        ["sum"] = "SumOverRow(x), SumOverColumn(x) or SumOverAll(x)",
        ["mean"] = "MeanOverRow(x), MeanOverColumn(x) or MeanOverAll(x)",
        ["max"] = "MaxOverRow(x), MaxOverColumn(x) or MaxOverAll(x)",
        ["amax"] = "MaxOverRow(x), MaxOverColumn(x) or MaxOverAll(x)",
        ["min"] = "MinOverRow(x), MinOverColumn(x) or MinOverAll(x)",
        ["amin"] = "MinOverRow(x), MinOverColumn(x) or MinOverAll(x)",
        ["maximum"] = "Max(x, y)",
        ["minimum"] = "Min(x, y)",
        ["norm"] = "Sqrt(SumOverRow(x * x))",
        ["var"] = "MeanOverRow(Square(x - MeanOverRow(x)))",
        ["std"] = "Sqrt(MeanOverRow(Square(x - MeanOverRow(x))))",
        ["pow"] = "x * x, or Exp(y * Log(x)) for positive x",
        ["mm"] = "MatMul(x, y)",
        ["matmul"] = "MatMul(x, y)",
        ["dot"] = "SumOverAll(x * y)",
        ["t"] = "Transpose(x)",
        ["transpose"] = "Transpose(x)",
        ["detach"] = "StopGradient(x)",
        ["softmax"] = "SoftmaxOverRow(x)",
        ["where"] = "Where(condition, then, otherwise)",
        ["clamp"] = "Clamp(x, low, high)",
        ["gt"] = "Greater(x, y)",
        ["ge"] = "GreaterOrEqual(x, y)",
        ["lt"] = "Greater(y, x)",
        ["le"] = "GreaterOrEqual(y, x)",
        ["mul"] = "x * y",
        ["add"] = "x + y",
        ["sub"] = "x - y",
        ["div"] = "x / y",
        ["neg"] = "-x",
        ["inverse"] = "Inverse(x)",
        ["inv"] = "Inverse(x)",
        ["kron"] = "Kronecker(x, y)",
        ["gather"] = "Gather(values, indices)",
        ["index_select"] = "Gather(values, indices)",
        ["take"] = "Gather(values, indices)",
        ["embedding"] = "Gather(values, indices)",
        ["solve"] = "MatMul(Inverse(x), y)",
        ["eye"] = "Identity(n) with a parameter [Size(\"in\")] int n of Map",
        ["randn"] = "a [Buffer] that the layer stores: formulas have no random numbers",
        ["rand"] = "a [Buffer] that the layer stores: formulas have no random numbers",
    };

    /// <summary>The operator that a method is, or null.</summary>
    public static string? OperatorOf(IMethodSymbol method) => method switch
    {
        { IsStatic: true, ContainingType: { Name: "Functions" } type } when IsLayerDsl(type) && OwnFunctions.Find(method.Name) is not null => method.Name,
        { IsStatic: true, ContainingType: { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } }
            when OfMath.Contains(method.Name) && OwnFunctions.Find(method.Name)?.Arity == method.Parameters.Length => method.Name,
        _ => null,
    };

    /// <summary>What to write in place of a call that is none of these.</summary>
    public static string Remedy(IMethodSymbol method)
    {
        var name = method.Name.ToLowerInvariant().TrimEnd('_');
        return Instead.TryGetValue(name, out var other) ? "write " + other
            : OwnFunctions.Find(char.ToUpperInvariant(method.Name[0]) + method.Name.Substring(1)) is not null ? "write " + char.ToUpperInvariant(method.Name[0]) + method.Name.Substring(1) + "(x) of LayerDsl.Functions"
            : "write it with the operators of Weight, the functions of LayerDsl.Functions and static methods of this class";
    }

    public static bool IsWeight(ITypeSymbol? type) => type is INamedTypeSymbol { Name: "Weight" } named && IsLayerDsl(named);

    public static bool IsLayerDsl(INamedTypeSymbol type) => type is { ContainingType: null, ContainingNamespace: { Name: "LayerDsl", ContainingNamespace.IsGlobalNamespace: true } };
}
