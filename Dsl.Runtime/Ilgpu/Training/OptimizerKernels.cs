using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu;

/// <summary>Launches the updates of optimizers.</summary>
internal static class OptimizerKernels
{
    /// <summary>Changes a parameter by its gradient.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="stream">Where it is enqueued.</param>
    /// <param name="optimizer">The settings.</param>
    /// <param name="rate">The step size.</param>
    /// <param name="number">The number of the update, from 1.</param>
    /// <param name="parameter">The parameter.</param>
    public static void Step(KernelSet kernels, AcceleratorStream stream, DeviceOptimizer optimizer, double rate, int number, DeviceParameter parameter)
    {
        if (optimizer is DeviceAdamW adam)
        {
            Adam(kernels, stream, adam, rate, number, parameter);
        }
        else if (optimizer is DeviceSgd sgd)
        {
            Descend(kernels, stream, sgd, rate, parameter);
        }
    }

    private static void Adam(KernelSet kernels, AcceleratorStream stream, DeviceAdamW adam, double rate, int number, DeviceParameter parameter)
    {
        var step = new AdamWStep(
            (float)(rate / (1 - Math.Pow(adam.Beta1, number))),
            (float)(1 - (rate * adam.WeightDecay)),
            (float)adam.Beta1,
            (float)adam.Beta2,
            (float)(1 / Math.Sqrt(1 - Math.Pow(adam.Beta2, number))),
            (float)adam.Epsilon);
        var kernel = kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AdamWStep>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AdamWStep>>(
            TrainingKernels.AdamW, kernels.Accelerator.LoadAutoGroupedKernel);
        kernel(stream, parameter.Length, parameter.Values, parameter.GradientValues, parameter.States[0], parameter.States[1], step);
    }

    private static void Descend(KernelSet kernels, AcceleratorStream stream, DeviceSgd sgd, double rate, DeviceParameter parameter)
    {
        var step = new SgdStep((float)rate, (float)sgd.Momentum, (float)sgd.WeightDecay, sgd.Nesterov ? 1 : 0);
        if (parameter.States.Count == 0)
        {
            var plain = kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, SgdStep>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, SgdStep>>(
                TrainingKernels.Sgd, kernels.Accelerator.LoadAutoGroupedKernel);
            plain(stream, parameter.Length, parameter.Values, parameter.GradientValues, step);
            return;
        }

        var kernel = kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, SgdStep>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, SgdStep>>(
            TrainingKernels.SgdMomentum, kernels.Accelerator.LoadAutoGroupedKernel);
        kernel(stream, parameter.Length, parameter.Values, parameter.GradientValues, parameter.States[0], step);
    }
}
