using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>A normalization of rows: what its kernels read and write.</summary>
internal readonly ref struct NormWork
{
    public ReadOnlySpan<float> X { get; init; }

    public Span<float> Y { get; init; }

    public int Rows { get; init; }

    public int Features { get; init; }

    /// <summary>Whether the mean is taken off.</summary>
    public bool IsCentred { get; init; }

    /// <summary>What is added to the mean square.</summary>
    public double Eps { get; init; }

    /// <summary>The factor of each feature; empty for none.</summary>
    public ReadOnlySpan<float> Weight { get; init; }

    /// <summary>What is added to each feature; empty for none.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Normalizes every row.</summary>
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
        var kernel = new NormKernel<TSimd, TVector>(this);
        WorkerTeam.Shared.Run(ref kernel, kernel.Parts);
    }
}
