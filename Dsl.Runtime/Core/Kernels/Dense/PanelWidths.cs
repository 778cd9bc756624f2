using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>The width of the panels that the dense kernels read: two vectors of floats.</summary>
internal static class PanelWidths
{
    /// <summary>Floats of a panel's row.</summary>
    public static int Of(KernelWidth kernels) => kernels switch
    {
        KernelWidth.Widest => 2 * Vector512<float>.Count,
        KernelWidth.Wide => 2 * Vector256<float>.Count,
        _ => 2 * Vector128<float>.Count,
    };
}
