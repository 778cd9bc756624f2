using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Convolutions with a packed weight, on vectors of any width.</summary>
internal static class PackedConvolution
{
    /// <summary>y = activation(x ∗ W + b + residual). Lengths are the caller's to check; the residual lies apart from y.</summary>
    /// <param name="work">The convolution.</param>
    /// <param name="batch">How many images.</param>
    /// <param name="kernels">The vectors to compute on.</param>
    public static void Run(in ConvolutionWork work, int batch, KernelWidth kernels)
    {
        switch (kernels)
        {
            case KernelWidth.Widest:
                Convolution<Simd512, Vector512<float>>.Run(work, batch);
                break;
            case KernelWidth.Wide:
                Convolution<Simd256, Vector256<float>>.Run(work, batch);
                break;
            case KernelWidth.Narrow:
                Convolution<Simd128, Vector128<float>>.Run(work, batch);
                break;
        }
    }
}
