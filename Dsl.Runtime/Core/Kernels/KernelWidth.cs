using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>The vectors that kernels compute on.</summary>
internal enum KernelWidth
{
    /// <summary>128 bits: SSE, AdvSimd, or portable.</summary>
    Narrow,

    /// <summary>256 bits: AVX2.</summary>
    Wide,

    /// <summary>512 bits: AVX-512.</summary>
    Widest,
}

/// <summary>Which vectors this machine computes on.</summary>
internal static class KernelWidths
{
    /// <summary>The widest ones of the machine.</summary>
    public static KernelWidth Best =>
        Avx512BW.IsSupported && Vector512.IsHardwareAccelerated ? KernelWidth.Widest : Avx2.IsSupported ? KernelWidth.Wide : KernelWidth.Narrow;
}
