namespace LayerDsl.Generator.Scheduling;

/// <summary>How names of formulas become names of variables.</summary>
internal static class NamesOf
{
    /// <summary><c>log_a</c> → <c>logA</c>, <c>lora_B</c> → <c>loraB</c>, <c>Hidden</c> → <c>hidden</c>.</summary>
    public static string Variable(string name)
    {
        var pascal = Pascal(name);
        return char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
    }

    /// <summary><c>log_a</c> → <c>LogA</c>.</summary>
    public static string Pascal(string name) =>
        string.Concat(name.Split('_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
}
