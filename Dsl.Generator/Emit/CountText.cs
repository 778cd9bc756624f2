using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit;

/// <summary>Counts that are no polynomials in the sizes, as formulas for readers; generated code has expressions of its own for them.</summary>
internal static class CountText
{
    /// <summary>Columns up to here are stored in 2 bytes, beyond in 4.</summary>
    private const int ShortColumns = 1 << 16;

    private const int BitsPerByte = 8;

    /// <summary>The formula of a count, as a factor; null where the symbol is a size.</summary>
    public static string? Of(LayerForms forms, string symbol) => symbol switch
    {
        SymbolicSizes.RowBytes when forms.Shape.Format is { } format => Bytes(forms, format.Bits),
        SymbolicSizes.NonZeros => NonZeros(forms),
        SymbolicSizes.SparseBytes => $"min({Text(forms, 4 * Places(forms))}, {BytesPerNumber(forms)}·{NonZeros(forms)} + {Text(forms, 4 * (Rows(forms) + Size.One))})",
        _ => null,
    };

    /// <summary>The inputs of one output, which share a scale in some formats.</summary>
    public static string ColumnsOf(LayerForms forms) => Text(forms, Columns(forms));

    private static string Bytes(LayerForms forms, int bits) => (bits * Columns(forms)) is var all && all.DivideBy(BitsPerByte) is { } whole ? Factor(forms, whole) : $"⌈{Factor(forms, all)} / 8⌉";

    /// <summary>Masks may overlap: as many as all of their ones, and no more than there are places.</summary>
    private static string NonZeros(LayerForms forms) =>
        $"min({Number(forms.Masks[0].Branches)}·max(1, round({forms.Masks[0].Share.ToString("G10", CultureInfo.InvariantCulture)}·{Factor(forms, Places(forms))})), {Text(forms, Places(forms))})";

    private static string BytesPerNumber(LayerForms forms) => Columns(forms).Constant is { } columns
        ? columns <= ShortColumns ? "6" : "8"
        : $"(6 + 2·[{Text(forms, Columns(forms))} > {ShortColumns.ToString("N0", CultureInfo.InvariantCulture)}])";

    private static Size Rows(LayerForms forms) => forms.Resolve(forms.Weight.Output.Size);

    private static Size Columns(LayerForms forms) => forms.Weight.Inputs.Aggregate(Size.One, (product, axis) => product * forms.Resolve(axis.Size));

    private static Size Places(LayerForms forms) => Rows(forms) * Columns(forms);

    private static string Text(LayerForms forms, Size size) => CertificateText.Text(forms, size);

    private static string Factor(LayerForms forms, Size size) => size.Terms.Count > 1 ? "(" + Text(forms, size) + ")" : Text(forms, size);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
