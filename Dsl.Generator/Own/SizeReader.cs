using System.Globalization;
using System.Text.RegularExpressions;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Own;

/// <summary>Reads sizes as users write them: <c>rank</c>, <c>4</c>, <c>out + in - 1</c>, <c>2 * rank</c>.</summary>
internal static class SizeReader
{
    private const string Form = @"^\s*(?<sign>)(?<term>[^+\-]+)((?<sign>[+\-])(?<term>[^+\-]+))*$";

    /// <summary>The size, or null where the text is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sizeOf">What a name stands for; null where it stands for nothing.</param>
    public static Size? Read(string text, Func<string, Size?> sizeOf)
    {
        var match = Regex.Match(text, Form, RegexOptions.ExplicitCapture);
        if (!match.Success)
        {
            return null;
        }

        var signs = match.Groups["sign"].Captures.Cast<Capture>().Select(capture => capture.Value == "-" ? -1 : 1);
        var terms = match.Groups["term"].Captures.Cast<Capture>().Select(capture => Product(capture.Value, sizeOf)).ToArray();
        return terms.Contains(null) ? null : terms.Zip(signs, (term, sign) => term!.Value * Size.Of(sign)).Aggregate((sum, term) => sum + term);
    }

    private static Size? Product(string text, Func<string, Size?> sizeOf)
    {
        var factors = text.Split('*').Select(factor => factor.Trim()).Select(factor =>
            int.TryParse(factor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Size.Of(number) : sizeOf(factor)).ToArray();
        return factors.Contains(null) ? null : factors.Aggregate(Size.One, (product, factor) => product * factor!.Value);
    }
}
