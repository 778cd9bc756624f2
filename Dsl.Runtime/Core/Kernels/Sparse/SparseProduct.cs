using System.Numerics;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Products with compressed rows, on vectors of any width.</summary>
internal static class SparseProduct
{
    /// <summary>y[b,o] = Σ_i x[b,i] · W[o,i] + bias[o], then the epilogue, whose residual lies apart from y.</summary>
    public static void Multiply<TColumn>(
        ReadOnlySpan<float> values,
        ReadOnlySpan<TColumn> columns,
        ReadOnlySpan<int> starts,
        int width,
        ReadOnlySpan<float> x,
        Span<float> y,
        int batch,
        ReadOnlySpan<float> bias,
        in Epilogue epilogue,
        KernelWidth kernels)
        where TColumn : unmanaged, IBinaryInteger<TColumn>
    {
        switch (kernels)
        {
            case KernelWidth.Widest:
                Run(new SparseKernel<Simd512, Vector512<float>, TColumn>(values, columns, starts, width, batch) { X = x, Y = y, Bias = bias, Epilogue = epilogue });
                break;
            case KernelWidth.Wide:
                Run(new SparseKernel<Simd256, Vector256<float>, TColumn>(values, columns, starts, width, batch) { X = x, Y = y, Bias = bias, Epilogue = epilogue });
                break;
            case KernelWidth.Narrow:
                Run(new SparseKernel<Simd128, Vector128<float>, TColumn>(values, columns, starts, width, batch) { X = x, Y = y, Bias = bias, Epilogue = epilogue });
                break;
        }
    }

    private static void Run<TSimd, TVector, TColumn>(SparseKernel<TSimd, TVector, TColumn> kernel)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TColumn : unmanaged, IBinaryInteger<TColumn>
    {
        using var buffer = new PooledBuffer(kernel.InterleavedLength);
        var work = kernel with { Interleaved = buffer.Span };
        work.Interleave();
        WorkerTeam.Shared.Run(ref work, work.Parts);
    }
}
