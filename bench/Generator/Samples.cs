using System.Globalization;

namespace LayerDsl.Bench.Generator;

/// <summary>The annotated types of each contestant, one to a file. A version changes what is generated for the type, as an edit would.</summary>
internal static class Samples
{
    private static readonly string[] Methods =
    [
        "Compander", "LowRank({0})", "Quantize(Bits = 4)", "Compander, LowRank({0})", "LowRank({0}), Quantize(Bits = 8)",
        "Quantize(Bits = 4, Scheme = Scheme.Log2), LowRank({0})", "Compander(Curve = Curve.Tanh)", "Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 32)",
        "SparseIso(0.75, Kind = SparseKind.Doped)", "Compander, Quantize(Bits = 4)",
    ];

    public static string Layer(int number, int version) =>
        $"using LayerDsl; namespace Sample; [Linear({64 * (1 + (number % 7))}, {32 * (1 + (number % 5)) + version}), {string.Format(CultureInfo.InvariantCulture, Methods[number % Methods.Length], 2 + (number % 3))}] public sealed partial class Layer{number};";

    public static string Json(int number, int version) =>
        $"using System.Text.Json.Serialization; namespace Sample; public sealed class Dto{number} {{ public int A {{ get; set; }} public string B {{ get; set; }} = \"\"; public double C {{ get; set; }} public int[] D{version} {{ get; set; }} = []; public System.DateTime E {{ get; set; }} public bool F {{ get; set; }} }} "
        + $"[JsonSerializable(typeof(Dto{number}))] public sealed partial class Context{number} : JsonSerializerContext;";

    public static string Pattern(int number, int version) =>
        $"using System.Text.RegularExpressions; namespace Sample; public sealed partial class Pattern{number} {{ [GeneratedRegex(@\"^(?<key>[a-z]{{1,{number + version + 1}}})\\s*=\\s*(?<value>\\d+(\\.\\d*)?|x{number})$\")] public static partial Regex Line(); }}";
}
