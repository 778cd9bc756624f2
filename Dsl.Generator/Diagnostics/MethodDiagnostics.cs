using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL1xx: what a method asks of its layer, and how methods compose.</summary>
internal static class MethodDiagnostics
{
    public static readonly DiagnosticDescriptor RankOutOfRange = Descriptors.Error(
        "LDSL101",
        "Rank out of range",
        "LowRank: rank {0} is outside 1…{1} for a layer with {2} inputs and {3} outputs; choose a rank of at most {1}");

    public static readonly DiagnosticDescriptor RankSavesNothing = Descriptors.Warning(
        "LDSL102",
        "The adapter is as large as the weight",
        "LowRank: rank {0} needs {1} parameters, the weight itself has {2}; a smaller rank would save some");

    public static readonly DiagnosticDescriptor AlphaOutOfRange = Descriptors.Error(
        "LDSL103",
        "Alpha out of range",
        "LowRank: Alpha is {0}; it must lie between -1e6 and 1e6, and be greater than 0 with Init = PiSSA, which divides by it");

    public static readonly DiagnosticDescriptor CompanderNotPositive = Descriptors.Error(
        "LDSL104",
        "The curve needs a positive height and width",
        "Compander: {0} is {1}; it must lie between 1e-6 and 1e6");

    public static readonly DiagnosticDescriptor CompanderTooLow = Descriptors.Error(
        "LDSL105",
        "The curve is lower than the initial weights",
        "Compander: with A = {0} the curve does not reach the usual initial weights of a layer with {1} inputs; set A above {2}");

    public static readonly DiagnosticDescriptor UnknownChoice = Descriptors.Error(
        "LDSL106",
        "Unknown choice",
        "{0}: {1} has no value {2}; choose one of {3}");

    public static readonly DiagnosticDescriptor NotForThisKind = Descriptors.Error(
        "LDSL140",
        "The method does not apply to this kind of layer",
        "[{0}] does not apply to [{1}]: {2}");

    public static readonly DiagnosticDescriptor BitsOutOfRange = Descriptors.Error(
        "LDSL110",
        "Bits out of range",
        "[Quantize] with Scheme.{0} has Bits = {1}; the scheme takes {2} bits");

    public static readonly DiagnosticDescriptor GroupDoesNotDivide = Descriptors.Error(
        "LDSL111",
        "The group size does not divide",
        "[Quantize] has GroupSize = {0}, which does not divide the {1} inputs of a row; choose for instance {2}");

    public static readonly DiagnosticDescriptor GroupsOfAKernel = Descriptors.Error(
        "LDSL113",
        "Groups of a kernel",
        "[Quantize] with Granularity.Group works on linear layers; a convolution takes Granularity.Channel or Granularity.Tensor");

    public static readonly DiagnosticDescriptor NoStochasticRounding = Descriptors.Error(
        "LDSL114",
        "The scheme does not round at random",
        "[Quantize] with Scheme.{0} and {1} bits has Rounding = Stochastic; only the equal steps of Scheme.Uniform with 2 bits or more, StatsQ and Lsq are rounded at random: leave Rounding out, or choose one of these");

    public static readonly DiagnosticDescriptor WithoutEffect = Descriptors.Warning(
        "LDSL115",
        "The option has no effect",
        "[{0}] has {1}, which has no effect: {2}");

    public static readonly DiagnosticDescriptor NoZeroPoint = Descriptors.Error(
        "LDSL112",
        "The scheme has no zero point",
        "[Quantize] with Scheme.{0} has Symmetric = false; only Scheme.Uniform has a zero point: leave Symmetric out, or choose Scheme.Uniform");
}
