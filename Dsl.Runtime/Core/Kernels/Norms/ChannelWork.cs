using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>y = activation(x · scale[c] + shift[c] + residual) for planes of channels.</summary>
internal readonly ref struct ChannelWork
{
    public ReadOnlySpan<float> X { get; init; }

    public Span<float> Y { get; init; }

    /// <summary>Values of a plane.</summary>
    public int Plane { get; init; }

    public ReadOnlySpan<float> Scale { get; init; }

    public ReadOnlySpan<float> Shift { get; init; }

    public Epilogue Epilogue { get; init; }

    /// <summary>Does every plane.</summary>
    public void Run(KernelWidth kernels)
    {
        switch (kernels)
        {
            case KernelWidth.Widest:
                Run<Simd512, Vector512<float>>();
                break;
            case KernelWidth.Wide:
                Run<Simd256, Vector256<float>>();
                break;
            case KernelWidth.Narrow:
                Run<Simd128, Vector128<float>>();
                break;
        }
    }

    private void Run<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var kernel = new ChannelKernel<TSimd, TVector>(this);
        WorkerTeam.Shared.Run(ref kernel, kernel.Parts);
    }
}
