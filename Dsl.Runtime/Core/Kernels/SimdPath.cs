using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>The instruction sets that the dense kernels are compiled for.</summary>
internal enum SimdPath
{
    /// <summary>Vectors of 128 bits: Arm64 AdvSimd, SSE, WebAssembly, or plain code where there are none.</summary>
    Portable,

    /// <summary>Vectors of 256 bits with fused multiply-add.</summary>
    Avx2,

    /// <summary>Vectors of 512 bits.</summary>
    Avx512,
}

/// <summary>Which of them this processor has.</summary>
internal static class SimdPaths
{
    /// <summary>The widest one in hardware.</summary>
    public static SimdPath Best => Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? SimdPath.Avx512 : Widest256;

    /// <summary>
    /// Those that run here, for tests: the kernels for 512 bits are written with operations that .NET replaces by two of 256 bits, slowly but with the
    /// same results.
    /// </summary>
    public static IReadOnlyList<SimdPath> Runnable => Widest256 == SimdPath.Avx2 ? [SimdPath.Portable, SimdPath.Avx2, SimdPath.Avx512] : [SimdPath.Portable, SimdPath.Avx512];

    /// <summary>Two vectors: the width of the panels that the kernels read.</summary>
    public static int PanelWidth(SimdPath path) => path switch
    {
        SimdPath.Avx512 => 2 * Vector512<float>.Count,
        SimdPath.Avx2 => 2 * Vector256<float>.Count,
        _ => 2 * Vector128<float>.Count,
    };

    private static SimdPath Widest256 => Avx2.IsSupported && Fma.IsSupported ? SimdPath.Avx2 : SimdPath.Portable;
}
