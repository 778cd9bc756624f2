using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu;

/// <content>What layers with a rounded input or with binary planes need.</content>
public abstract partial class TrainedLayer
{
    /// <summary>Whether the input is to be rounded: as in TorchSharp's model, there is no grid while its step is 0.</summary>
    /// <param name="scale">The step, a single number.</param>
    protected static bool HasGrid(DeviceParameter scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return scale.IsNotZero();
    }

    /// <summary>Starts a learned step with the first batch: 2 · mean|x| / √h (Esser et al.: Learned Step Size Quantization, 2020, arXiv 1902.08153). A batch of zeros says nothing of it.</summary>
    /// <param name="scale">The step.</param>
    /// <param name="x">The input.</param>
    /// <param name="highest">h, the largest code.</param>
    /// <exception cref="IndexOutOfTableException">A layer before has no row for an index. Nothing has been changed.</exception>
    /// <exception cref="NonFiniteActivationException">The input has NaN or infinite values. Nothing has been changed.</exception>
    protected bool StartGrid(DeviceParameter scale, ArrayView<float> x, int highest)
    {
        ArgumentNullException.ThrowIfNull(scale);
        trainer.ThrowNoted();
        var values = new float[x.Length];
        x.CopyToCPU(Stream, values);
        Stream.Synchronize();
        var broken = Array.FindIndex(values, value => !float.IsFinite(value));
        if (broken >= 0)
        {
            throw new NonFiniteActivationException(Name, broken, values[broken]);
        }

        var step = (float)(2 * values.Average(value => Math.Abs((double)value)) / Math.Sqrt(highest));
        if (step > 0)
        {
            scale.Set([step]);
        }

        return step > 0;
    }

    /// <summary>Enqueues zeros.</summary>
    /// <param name="values">The values.</param>
    protected void Clear(ArrayView<float> values) => values.MemSetToZero(Stream);

    /// <summary>Enqueues a fit of binary planes to a weight, as <see cref="BinaryCoding"/> makes it.</summary>
    /// <param name="weight">(sets, size): the weights that share scales lie together.</param>
    /// <param name="signs">±1, (planes, sets, size).</param>
    /// <param name="alphas">The scales, (planes, sets).</param>
    /// <param name="scales">What scales may be.</param>
    /// <exception cref="MissingCapabilityException">The device has no 64-bit floats.</exception>
    protected void FitPlanes(ArrayView<float> weight, ArrayView<float> signs, ArrayView<float> alphas, BinaryScales scales)
    {
        if (Accelerator.Capabilities is CLCapabilityContext { Float64: false })
        {
            throw new MissingCapabilityException(Accelerator.Name, "64-bit floats, in which binary planes are fitted", "Train with TorchSharp, and fold to the device.");
        }

        var planes = (int)(signs.Length / weight.Length);
        var sets = (int)alphas.Length / planes;
        var shape = new PlaneShape(sets, (int)weight.Length / sets, planes, (int)scales);
        var kernel = trainer.Kernels.Get<Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, PlaneShape>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, PlaneShape>>(
            PlaneKernels.Fit, Accelerator.LoadKernel);
        kernel(Stream, Groups(sets, shape.Size), weight, signs, alphas, shape);
    }
}
