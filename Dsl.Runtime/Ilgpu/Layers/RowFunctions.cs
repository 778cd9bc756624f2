using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>Launches the kernels that reduce rows.</summary>
internal static class RowFunctions
{
    public static void Softmax(
        KernelSet kernels, AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, Index2D rows, int columns, int isLogarithm, int isCausal, float factor)
    {
        var softmax = kernels.Get<Action<ArrayView<float>, ArrayView<float>, int, int, int, float>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int, int, int, float>>(
            RowKernels.Softmax, kernels.Accelerator.LoadKernel);
        softmax(stream, new KernelConfig(new Index3D(rows.X, rows.Y, 1), new Index3D(kernels.ThreadsFor(columns, DeviceReduce.MostThreads), 1, 1)), x, y, columns, isLogarithm, isCausal, factor);
    }

    public static void Normalize(KernelSet kernels, AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int rows, NormParts norm)
    {
        var normalize = kernels.Get<Action<ArrayView<float>, ArrayView<float>, int, float, float, int, ArrayView<float>, ArrayView<float>>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int, float, float, int, ArrayView<float>, ArrayView<float>>>(
            RowKernels.Normalize, kernels.Accelerator.LoadKernel);
        var config = new KernelConfig(rows, kernels.ThreadsFor(norm.Columns, DeviceReduce.MostThreads));
        normalize(stream, config, x, y, norm.Columns, 1f / norm.Columns, norm.Eps, norm.IsCentred ? 1 : 0, norm.Weight, norm.Bias);
    }
}

/// <summary>What a normalization of rows needs.</summary>
internal readonly record struct NormParts(int Columns, float Eps, bool IsCentred, ArrayView<float> Weight, ArrayView<float> Bias);
