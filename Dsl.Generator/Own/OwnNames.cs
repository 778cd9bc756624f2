using LayerDsl.Generator.Scheduling;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Generator.Own;

/// <summary>How users' names become names of tensors and variables in generated code.</summary>
internal static class OwnNames
{
    /// <summary>What fields, variables and inherited members of a layer's class are called already.</summary>
    private static readonly string[] Reserved =
    [
        "x", "y", "w", "bias", "target", "input", "inputs", "output", "training", "torch", "nn", "gradX", "gradY", "magnitude", "inputError", "leading", "scope", "noGradient", "rows", "limit", "uniform",
        "format", "packed", "folded", "detached", "geometry", "certificate", "dither", "signs", "alphas", "mask", "scales", "codes", "zeros", "forward", "call", "to", "train", "eval", "parameters", "children", "modules", "apply",
        "buffers", "save", "load", "cuda", "cpu", "handle", "name", "fold", "foldTorch", "foldLayer", "mergedWeight", "loadWeight", "start", "pass",
    ];

    /// <summary>Whether a name makes a field or variable: not a keyword, not what nothing remains of, and not taken.</summary>
    public static bool IsUsable(string name) =>
        name.Any(char.IsLetter) && NamesOf.Pascal(name).Length > 0 && NamesOf.Variable(name) is var variable
        && SyntaxFacts.IsValidIdentifier(variable) && SyntaxFacts.GetKeywordKind(variable) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(variable) == SyntaxKind.None && !Reserved.Contains(variable);

    /// <summary><c>WeightNorm</c> → <c>weight_norm</c>; of what is no letter and no digit nothing remains.</summary>
    public static string Snake(string name)
    {
        var letters = name.Select((letter, k) => !char.IsLetterOrDigit(letter) ? "_" : char.IsUpper(letter) && k > 0 && char.IsLower(name[k - 1]) ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString());
        var text = string.Concat(letters).Trim('_');
        return text.Length > 0 && char.IsLetter(text[0]) ? text : "own_" + text;
    }
}
