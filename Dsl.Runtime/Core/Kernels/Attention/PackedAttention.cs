using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Attention over packed keys, on vectors of any width.</summary>
internal static class PackedAttention
{
    /// <summary>Attends: the joined heads of every query. Lengths are the caller's to check.</summary>
    public static void Run(in AttentionWork work, KernelWidth kernels)
    {
        switch (kernels)
        {
            case KernelWidth.Widest:
                Run<Simd512, Vector512<float>>(work);
                break;
            case KernelWidth.Wide:
                Run<Simd256, Vector256<float>>(work);
                break;
            case KernelWidth.Narrow:
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
