using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Names and literals in the class of a layer.</summary>
internal static class LayerText
{
    /// <summary>The field of a stored tensor.</summary>
    public static string Field(Tensor tensor) => NamesOf.Variable(tensor.Name);

    /// <summary>A string literal.</summary>
    public static string Quote(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Text in a documentation comment.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
