using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL12x: what [SparseIso] asks of its sparsity, its place among the methods and the layers around it.</summary>
internal static class SparseDiagnostics
{
    public static readonly DiagnosticDescriptor SparsityOutOfRange = Descriptors.Error(
        "LDSL120",
        "Sparsity out of range",
        "SparseIso: the sparsity is {0}; it must be at least 0 and less than 1, the share of weights that are zero");

    public static readonly DiagnosticDescriptor BranchesNotWhole = Descriptors.Error(
        "LDSL121",
        "No whole number of branches",
        "SparseIso: Kind = Parallel with sparsity {0} needs 1/(1 - s) = {1} branches, which is no whole number; choose 0.5, 0.75, 0.8 or 0.9, or another kind");

    public static readonly DiagnosticDescriptor MustStandFirst = Descriptors.Error(
        "LDSL122",
        "The kind stores weights of its own",
        "SparseIso: Kind = {0} stores several tensors in place of one weight, so that nothing can stand before it, but {1} does; write SparseIso before {1}, or use Kind = Wide or Doped");

    public static readonly DiagnosticDescriptor MovingMaskOverSum = Descriptors.Error(
        "LDSL123",
        "A moving mask over a sum",
        "SparseIso: Mask = {0} starts a grown weight at zero, which the sum that LowRank makes cannot; write SparseIso before LowRank, or Mask = Static");

    public static readonly DiagnosticDescriptor CannotWiden = Descriptors.Error(
        "LDSL124",
        "The layer cannot be widened",
        "SparseIso: '{0}' cannot be widened: {1}; {2}");

    public static readonly DiagnosticDescriptor TooLarge = Descriptors.Error(
        "LDSL125",
        "The sparse weight is too large",
        "SparseIso: sparsity {0} with Kind = {1} stores a tensor of {2} numbers, more than the 2147483647 that fit into one array; choose a lower sparsity");

    public static readonly DiagnosticDescriptor MovingMaskOverFrozen = Descriptors.Error(
        "LDSL126",
        "A moving mask over a frozen weight",
        "SparseIso: Mask = {0} moves weights that LowRank(Freeze = true) freezes; write Mask = Static, or do not freeze");

    public static readonly DiagnosticDescriptor GridWithoutZero = Descriptors.Warning(
        "LDSL127",
        "Masked weights do not stay zero",
        "Quantize: {0} has no level at zero, so that the masked weights of '{1}' are not zero after it; write Quantize before SparseIso, or choose a scheme with a zero, for instance Uniform");
}
