using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>The accelerator that emulates a device, for all tests of a class: kernels are compiled once.</summary>
public sealed class CpuDevice : IDisposable
{
    private readonly Context context = Context.Create(builder => builder.CPU().Optimize(OptimizationLevel.O2));

    public CpuDevice()
    {
        Accelerator = context.CreateCPUAccelerator(0);
        Stream = Accelerator.CreateStream();
        Kernels = new KernelSet(Accelerator);
    }

    internal Accelerator Accelerator { get; }

    internal AcceleratorStream Stream { get; }

    internal KernelSet Kernels { get; }

    /// <summary>Runs a layer on values of the host.</summary>
    internal float[] Run(float[] x, int outputs, Action<ArrayView<float>, ArrayView<float>> forward)
    {
        using var deviceX = Accelerator.Allocate1D(x);
        using var deviceY = Accelerator.Allocate1D<float>(outputs);
        deviceY.MemSetToZero();
        forward(deviceX.View.BaseView, deviceY.View.BaseView);
        Stream.Synchronize();
        return deviceY.GetAsArray1D();
    }

    public void Dispose()
    {
        Stream.Dispose();
        Accelerator.Dispose();
        context.Dispose();
    }
}
