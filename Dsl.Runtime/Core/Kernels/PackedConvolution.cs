using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Convolutions with a packed weight, on any instruction set.</summary>
internal static class PackedConvolution
{
    /// <summary>y = activation(x ∗ W + b + residual). Lengths are the caller's to check; the residual lies apart from y.</summary>
    /// <param name="work">The convolution.</param>
    /// <param name="batch">How many images.</param>
    /// <param name="path">The instruction set.</param>
    public static void Run(in ConvolutionWork work, int batch, SimdPath path)
    {
        switch (path)
        {
            case SimdPath.Avx512:
                Convolution<Simd512, Vector512<float>>.Run(work, batch);
                break;
            case SimdPath.Avx2:
                Convolution<Simd256, Vector256<float>>.Run(work, batch);
                break;
            case SimdPath.Portable:
                Convolution<Simd128, Vector128<float>>.Run(work, batch);
                break;
        }
    }
}
