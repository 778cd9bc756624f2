using LayerDsl.Generator.Scheduling;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Generator.Own;

/// <summary>How users' names become names of tensors and variables in generated code.</summary>
internal static class OwnNames
{
    /// <summary>Whether a name makes a variable: not a keyword, and not what nothing remains of.</summary>
    public static bool IsUsable(string name) =>
        name.Any(char.IsLetter) && NamesOf.Pascal(name).Length > 0 && NamesOf.Variable(name) is var variable
        && SyntaxFacts.IsValidIdentifier(variable) && SyntaxFacts.GetKeywordKind(variable) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(variable) == SyntaxKind.None;

    /// <summary><c>WeightNorm</c> → <c>weight_norm</c>; of what is no letter and no digit nothing remains.</summary>
    public static string Snake(string name)
    {
        var letters = name.Select((letter, k) => !char.IsLetterOrDigit(letter) ? "_" : char.IsUpper(letter) && k > 0 && char.IsLower(name[k - 1]) ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString());
        var text = string.Concat(letters).Trim('_');
        return text.Length > 0 && char.IsLetter(text[0]) ? text : "own_" + text;
    }
}
