using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator.Layers;

/// <summary>What the declaration of a normalization may violate.</summary>
internal static class NormChecks
{
    /// <summary>A normal number in 32 bits: what is smaller would be added as nothing.</summary>
    private const double LeastEps = 1e-37;

    private const string NoMatrix = "its weight is one factor for each feature, not a matrix, and training divides by statistics of the input; put the method on the layer before or after it";

    /// <summary>At least one feature, an ε that keeps denominators from zero, a momentum that is a share.</summary>
    public static IEnumerable<DiagnosticInfo> Check(AttributeSpec kind)
    {
        if (kind.Int("features") < 1)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.SizeOutOfRange, kind.Name, "features", kind.Int("features").ToString(CultureInfo.InvariantCulture), "1");
        }

        if (!(kind.Double("Eps", 1) is >= LeastEps and <= 1))
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.NumberOutOfRange, kind.Name, "Eps", Text(kind.Double("Eps", 1)), "at least " + Text(LeastEps) + " and at most 1");
        }

        if (!(kind.Double("Momentum", 0) is >= 0 and <= 1))
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.NumberOutOfRange, kind.Name, "Momentum", Text(kind.Double("Momentum", 0)), "from 0 to 1");
        }
    }

    /// <summary>No method acts on a normalization.</summary>
    public static string? Refuse(AttributeSpec method) => NoMatrix;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
