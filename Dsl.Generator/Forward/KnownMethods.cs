using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Forward;

/// <summary>What a known method does.</summary>
internal abstract record KnownMethod
{
    internal sealed record Activate(Activation Function) : KnownMethod;

    internal sealed record Gelu : KnownMethod;

    internal sealed record Softmax(Activation Function) : KnownMethod;

    internal sealed record Combine(Arithmetic Operation) : KnownMethod;

    internal sealed record Negate : KnownMethod;

    internal sealed record Reshape : KnownMethod;

    internal sealed record Flatten : KnownMethod;

    internal sealed record Pool(Pooling Kind) : KnownMethod;

    internal sealed record GlobalAverage : KnownMethod;

    /// <summary>The same values: a copy or alias, which inference has no use for.</summary>
    internal sealed record Identity : KnownMethod;
}

/// <summary>
/// The table of TorchSharp methods that are translated. A row holds for every spelling: <c>torch.relu(x)</c>,
/// <c>nn.functional.relu(x)</c>, <c>torch.special.expit(x)</c> and <c>x.relu()</c>.
/// </summary>
internal static class KnownMethods
{
    private const string TorchSharp = "TorchSharp";

    private static readonly ImmutableHashSet<string> Classes =
    [
        "TorchSharp.torch",
        "TorchSharp.torch.Tensor",
        "TorchSharp.torch.nn.functional",
        "TorchSharp.torch.special",
    ];

    private static readonly IReadOnlyDictionary<string, KnownMethod> Rows = new Dictionary<string, KnownMethod>
    {
        ["relu"] = new KnownMethod.Activate(Activation.Relu),
        ["sigmoid"] = new KnownMethod.Activate(Activation.Sigmoid),
        ["expit"] = new KnownMethod.Activate(Activation.Sigmoid),
        ["tanh"] = new KnownMethod.Activate(Activation.Tanh),
        ["gelu"] = new KnownMethod.Gelu(),
        ["softmax"] = new KnownMethod.Softmax(Activation.Softmax),
        ["log_softmax"] = new KnownMethod.Softmax(Activation.LogSoftmax),
        ["add"] = new KnownMethod.Combine(Arithmetic.Add),
        ["sub"] = new KnownMethod.Combine(Arithmetic.Subtract),
        ["subtract"] = new KnownMethod.Combine(Arithmetic.Subtract),
        ["mul"] = new KnownMethod.Combine(Arithmetic.Multiply),
        ["multiply"] = new KnownMethod.Combine(Arithmetic.Multiply),
        ["neg"] = new KnownMethod.Negate(),
        ["negative"] = new KnownMethod.Negate(),
        ["view"] = new KnownMethod.Reshape(),
        ["reshape"] = new KnownMethod.Reshape(),
        ["flatten"] = new KnownMethod.Flatten(),
        ["max_pool2d"] = new KnownMethod.Pool(Pooling.Max),
        ["avg_pool2d"] = new KnownMethod.Pool(Pooling.Average),
        ["adaptive_avg_pool2d"] = new KnownMethod.GlobalAverage(),
        ["alias"] = new KnownMethod.Identity(),
        ["clone"] = new KnownMethod.Identity(),
        ["contiguous"] = new KnownMethod.Identity(),
        ["MoveToOuterDisposeScope"] = new KnownMethod.Identity(),
    };

    private static readonly IReadOnlyDictionary<string, KnownMethod> Operators = new Dictionary<string, KnownMethod>
    {
        [WellKnownMemberNames.AdditionOperatorName] = Rows["add"],
        [WellKnownMemberNames.SubtractionOperatorName] = Rows["sub"],
        [WellKnownMemberNames.MultiplyOperatorName] = Rows["mul"],
        [WellKnownMemberNames.UnaryNegationOperatorName] = Rows["neg"],
    };

    public static KnownMethod? Find(IMethodSymbol method) =>
        !IsTorchSharp(method) || !Classes.Contains(method.ContainingType.ToDisplayString()) ? null
        : (method.MethodKind == MethodKind.UserDefinedOperator ? Operators : Rows).TryGetValue(method.Name, out var known) ? known
        : null;

    public static bool IsTensor(ITypeSymbol? type) => IsNamed(type, "TorchSharp.torch.Tensor");

    public static bool IsScope(ITypeSymbol? type) => IsNamed(type, "TorchSharp.DisposeScope");

    public static bool IsTorchSharp(ISymbol symbol) => symbol.ContainingAssembly?.Name == TorchSharp;

    private static bool IsNamed(ITypeSymbol? type, string name) =>
        type is not null && IsTorchSharp(type) && type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString() == name;
}
