using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Attention over packed keys, on any instruction set.</summary>
internal static class PackedAttention
{
    /// <summary>Attends: the joined heads of every query. Lengths are the caller's to check.</summary>
    public static void Run(in AttentionWork work, SimdPath path)
    {
        switch (path)
        {
            case SimdPath.Avx512:
                Run<Simd512, Vector512<float>>(work);
                break;
            case SimdPath.Avx2:
                Run<Simd256, Vector256<float>>(work);
                break;
            case SimdPath.Portable:
                Run<Simd128, Vector128<float>>(work);
                break;
        }
    }

    private static void Run<TSimd, TVector>(in AttentionWork work)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var kernel = new AttentionKernel<TSimd, TVector>(work);
        WorkerTeam.Shared.Run(ref kernel, kernel.Parts);
    }
}
