using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit;

/// <summary>Writes the check of two sizes that forward needs to be equal, which depends on what the constructor is given.</summary>
internal static class EquationText
{
    /// <summary>A statement over the parameters of the constructor.</summary>
    public static string Check(SizeEquation equation) =>
        $"LayerSizes.Agree({LayerText.Quote(equation.Layer)}, {LayerText.Quote(SizeCode.Of(equation.Wanted))}, {SizeCode.Exact(equation.Wanted)}, {LayerText.Quote(SizeCode.Of(equation.Given))}, {SizeCode.Exact(equation.Given)});";
}
