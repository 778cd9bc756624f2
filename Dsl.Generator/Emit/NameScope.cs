using System.Globalization;
using LayerDsl.Generator.Scheduling;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Generator.Emit;

/// <summary>Gives out names that are identifiers, no keywords, and used once.</summary>
internal sealed class NameScope
{
    private readonly HashSet<string> taken;

    public NameScope(params IEnumerable<string> taken) => this.taken = [.. taken];

    /// <summary>The name as a variable, with a number where it is taken: <c>Hidden</c> → <c>hidden</c>, <c>hidden2</c>.</summary>
    /// <param name="name">The name of a layer, or of what a value is.</param>
    /// <param name="suffixes">The variable is also used with these appended: those names are kept free as well.</param>
    public string Variable(string name, params string[] suffixes)
    {
        var variable = SyntaxFacts.IsValidIdentifier(name.Trim('_')) ? NamesOf.Variable(name) : "layer" + name.Trim('_');
        var stem = SyntaxFacts.GetKeywordKind(variable) == SyntaxKind.None ? variable : variable + "Values";
        var unused = stem;
        for (var number = 2; !IsFree(unused, suffixes); number++)
        {
            unused = stem + number.ToString(CultureInfo.InvariantCulture);
        }

        taken.Add(unused);
        taken.UnionWith(suffixes.Select(suffix => unused + suffix));
        return unused;
    }

    private bool IsFree(string name, string[] suffixes) => !taken.Contains(name) && !suffixes.Any(suffix => taken.Contains(name + suffix));
}
