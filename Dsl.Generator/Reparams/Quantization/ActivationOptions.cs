using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>The options of [Quantize] that are about the layer's input.</summary>
internal static class ActivationOptions
{
    private static readonly string[] Dependent = ["ActivationBits", "ActivationScheme", "ActivationSymmetric"];

    /// <summary>Schemes of inputs that are no schemes of weights.</summary>
    public static IEnumerable<string> OnlyForActivations => ["Pact"];

    /// <summary>What is declared of the input, or null where it is not rounded.</summary>
    public static ActivationSpec? Of(AttributeSpec attribute) => attribute.Flag("Activations")
        ? new ActivationSpec(attribute.Choice("ActivationScheme", "Uniform"), attribute.Int("ActivationBits", 8), attribute.Flag("ActivationSymmetric"))
        : null;

    public static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute)
    {
        if (Of(attribute) is not { } spec)
        {
            return Dependent.Where(name => attribute.Arguments.Any(argument => argument.Name == name))
                .Take(1)
                .Select(name => DiagnosticInfo.At(attribute.Place, ActivationDiagnostics.WithoutActivations, name));
        }

        return Check(attribute, spec);
    }

    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute, ActivationSpec spec)
    {
        if (!ActivationGrids.Schemes.Contains(spec.Scheme))
        {
            yield return DiagnosticInfo.At(attribute.Place, ActivationDiagnostics.SchemeNotForActivations, spec.Scheme, string.Join(", ", ActivationGrids.Schemes));
            yield break;
        }

        if (spec is { Signed: true, Scheme: "Pact" or "DoReFa" })
        {
            yield return DiagnosticInfo.At(attribute.Place, ActivationDiagnostics.NoSignedCodes, spec.Scheme);
            yield break;
        }

        var least = spec.Signed ? 2 : 1;
        if (spec.Bits < least || spec.Bits > 8)
        {
            yield return DiagnosticInfo.At(
                attribute.Place,
                ActivationDiagnostics.ActivationBitsOutOfRange,
                spec.Bits.ToString(CultureInfo.InvariantCulture),
                spec.Signed ? "signed" : "unsigned",
                least.ToString(CultureInfo.InvariantCulture) + " to 8");
        }
    }
}
