using System.Globalization;
using System.Text.RegularExpressions;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Own;

/// <summary>Reads sizes as users write them: <c>rank</c>, <c>4</c>, <c>out + in - 1</c>, <c>2 * rank</c>, <c>out / p</c>.</summary>
internal static class SizeReader
{
    private const string Form = @"^\s*(?<sign>)(?<term>[^+\-]+)((?<sign>[+\-])(?<term>[^+\-]+))*$";

    /// <summary>What can be divided.</summary>
    public static IReadOnlyList<string> Sides { get; } = ["out", "in"];

    /// <summary>The size, or null where the text is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sizeOf">What a name stands for; null where it stands for nothing.</param>
    /// <param name="quotientOf">What a side, <c>out</c> or <c>in</c>, divided by a size is; null where it is none.</param>
    public static Size? Read(string text, Func<string, Size?> sizeOf, Func<string, Size, Size?> quotientOf)
    {
        var match = Regex.Match(text, Form, RegexOptions.ExplicitCapture);
        if (!match.Success)
        {
            return null;
        }

        var signs = match.Groups["sign"].Captures.Cast<Capture>().Select(capture => capture.Value == "-" ? -1 : 1);
        var terms = match.Groups["term"].Captures.Cast<Capture>().Select(capture => Product(capture.Value, sizeOf, quotientOf)).ToArray();
        return terms.Contains(null) ? null : terms.Zip(signs, (term, sign) => term!.Value * Size.Of(sign)).Aggregate((sum, term) => sum + term);
    }

    /// <summary>What a side is divided by in some sizes, each divisor once.</summary>
    public static IReadOnlyList<string> DivisorsOf(string side, IEnumerable<string> texts) => texts.SelectMany(text => text.Split('+', '-', '*')).Select(term => term.Split('/'))
        .Where(parts => parts.Length == 2 && parts[0].Trim() == side).Select(parts => parts[1].Trim()).Distinct().ToArray();

    private static Size? Product(string text, Func<string, Size?> sizeOf, Func<string, Size, Size?> quotientOf)
    {
        Size? Named(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Size.Of(number) : sizeOf(name);
        Size? Factor(string[] parts) => parts.Length == 1 ? Named(parts[0]) : parts.Length == 2 && parts[0] is "out" or "in" && Named(parts[1]) is { } divisor ? quotientOf(parts[0], divisor) : null;
        var factors = text.Split('*').Select(factor => Factor(factor.Split('/').Select(part => part.Trim()).ToArray())).ToArray();
        return factors.Contains(null) ? null : factors.Aggregate(Size.One, (product, factor) => product * factor!.Value);
    }
}
