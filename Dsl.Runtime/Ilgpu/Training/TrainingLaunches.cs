using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu;

/// <summary>Launches of training kernels that models and layers share.</summary>
internal static class TrainingLaunches
{
    /// <summary>Enqueues sum += term.</summary>
    public static void Add(this KernelSet kernels, AcceleratorStream stream, ArrayView<float> sum, ArrayView<float> term)
    {
        var add = kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>>>(
            TrainingKernels.Add, kernels.Accelerator.LoadAutoGroupedKernel);
        add(stream, (int)sum.Length, sum, term);
    }

    /// <summary>Enqueues the gradient through a softmax of rows, or through its logarithm; it may take the place of the gradient that it is made of.</summary>
    public static void SoftmaxGradient(this KernelSet kernels, AcceleratorStream stream, ArrayView<float> y, ArrayView<float> gradY, ArrayView<float> gradX, int rows, int columns, bool isLogarithm)
    {
        var gradient = kernels.Get<Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>>(
            TrainingKernels.SoftmaxGradient, kernels.Accelerator.LoadKernel);
        gradient(stream, new KernelConfig(rows, kernels.ThreadsFor(columns, DeviceReduce.MostThreads)), y, gradY, gradX, columns, isLogarithm ? 1 : 0);
    }
}
