using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL31x: what a device cannot run.</summary>
internal static class DeviceDiagnostics
{
    public static readonly DiagnosticDescriptor TooLarge = Descriptors.Warning(
        "LDSL310",
        "Too large for a device",
        "One sample of '{0}' takes {1} in the step {2}, and an index of a device reaches {3}; FoldIlgpu() is not generated, Fold() is. Split the sample");

    public static readonly DiagnosticDescriptor SizesOfConstructor = Descriptors.Information(
        "LDSL311",
        "No folded model on a device",
        "FoldIlgpu() is not generated for '{0}': its constructor takes sizes of '{1}', and kernels are made for numbers; Fold(), FoldTorch() and Load serve every size. "
        + "Declare the sizes as numbers or constants for a folded model on a device");

    public static readonly DiagnosticDescriptor CannotTrain = Descriptors.Information(
        "LDSL312",
        "Not trained on a device",
        "TrainIlgpu() is not generated for '{0}': {1}. Train with TorchSharp, and fold to the device");
}
