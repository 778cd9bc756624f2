using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Forward;

/// <summary>What a known TorchSharp method means here.</summary>
internal abstract record KnownMethod
{
    private KnownMethod()
    {
    }

    public sealed record Activate(Activation Function) : KnownMethod;

    public sealed record Combine(Arithmetic Operation) : KnownMethod;

    public sealed record Negate : KnownMethod;

    public sealed record Reshape : KnownMethod;

    public sealed record Flatten : KnownMethod;

    /// <summary>The same values: aliases and what has to do with memory only.</summary>
    public sealed record Same : KnownMethod;
}

/// <summary>
/// The table of TorchSharp's methods that have a folded form, by name. Which overload was called is the compiler's finding;
/// methods count when they are members of Tensor, torch or torch.nn.functional.
/// </summary>
internal static class KnownMethods
{
    private static readonly string[] Homes =
        ["TorchSharp.torch.Tensor", "TorchSharp.torch", "TorchSharp.torch.nn.functional", "TorchSharp.torch.special", "TorchSharp.TensorExtensionMethods"];

    private static readonly Dictionary<string, KnownMethod> Table = new()
    {
        ["relu"] = new KnownMethod.Activate(Activation.Relu),
        ["gelu"] = new KnownMethod.Activate(Activation.Gelu),
        ["sigmoid"] = new KnownMethod.Activate(Activation.Sigmoid),
        ["tanh"] = new KnownMethod.Activate(Activation.Tanh),
        ["softmax"] = new KnownMethod.Activate(Activation.Softmax),
        ["log_softmax"] = new KnownMethod.Activate(Activation.LogSoftmax),
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
        ["alias"] = new KnownMethod.Same(),
        ["contiguous"] = new KnownMethod.Same(),
        ["MoveToOuterDisposeScope"] = new KnownMethod.Same(),
    };

    public static KnownMethod? Find(IMethodSymbol method) =>
        Homes.Contains(method.ContainingType?.ToDisplayString()) && Table.TryGetValue(method.Name, out var known) ? known : null;

    /// <summary>The tensor that a method works on: its receiver, or its first argument.</summary>
    public static IOperation? Subject(IInvocationOperation call) => call.Instance ?? call.Arguments.FirstOrDefault()?.Value;

    /// <summary>The arguments after the tensor.</summary>
    public static IReadOnlyList<IArgumentOperation> Rest(IInvocationOperation call) => call.Arguments.Skip(call.Instance is null ? 1 : 0).ToArray();
}
