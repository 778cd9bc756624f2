using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Declarations;

/// <summary>What an assembly does with folds that are tested, but not proved: the values of <c>LayerDsl.TestedFolds</c>.</summary>
internal enum TestedFolds
{
    Warn,
    Refuse,
    Allow,
}

/// <summary>Reads the assembly's policy and applies it to what the proof found.</summary>
internal static class ProofPolicy
{
    public static TestedFolds Of(IAssemblySymbol assembly)
    {
        var attribute = assembly.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == "LayerDsl.ProofPolicyAttribute");
        return attribute is { ConstructorArguments.Length: 1 } && attribute.ConstructorArguments[0].Value is int value && Enum.IsDefined(typeof(TestedFolds), value) ? (TestedFolds)value : TestedFolds.Warn;
    }

    /// <summary>The finding as the policy reports it, or none.</summary>
    public static IEnumerable<DiagnosticInfo> Apply(DiagnosticInfo finding, TestedFolds policy) => finding.Descriptor.Id != ProofDiagnostics.OnlyTested.Id ? [finding] : policy switch
    {
        TestedFolds.Allow => [],
        TestedFolds.Refuse => [finding with { Descriptor = ProofDiagnostics.ProofRequired }],
        _ => [finding],
    };
}
