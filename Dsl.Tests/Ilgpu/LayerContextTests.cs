using ILGPU.Runtime;
using LayerDsl.Ilgpu;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>The choice of a device.</summary>
public sealed class LayerContextTests
{
    [Fact]
    public void The_best_device_is_taken_and_the_choice_explained()
    {
        using var context = LayerContext.Create();

        Assert.Contains(context.Accelerator.Name, context.Explanation, StringComparison.Ordinal);
        if (context.Accelerator.AcceleratorType == AcceleratorType.CPU)
        {
            Assert.Contains("no Cuda device was found; no OpenCL device was found", context.Explanation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_kind_of_device_that_is_not_there_is_an_error_of_its_own()
    {
        using var any = LayerContext.Create();
        if (any.Context.Devices.Any(device => device.AcceleratorType == AcceleratorType.Cuda))
        {
            return; // a machine with a GPU has nothing to refuse
        }

        var error = Assert.Throws<DeviceNotFoundException>(() => LayerContext.Create(AcceleratorType.Cuda));

        Assert.Equal("Cuda", error.Wanted);
        Assert.Contains("CPU", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void The_CPU_accelerator_can_be_asked_for()
    {
        using var context = LayerContext.Create(AcceleratorType.CPU);

        Assert.Equal(AcceleratorType.CPU, context.Accelerator.AcceleratorType);
        Assert.Contains("asked for", context.Explanation, StringComparison.Ordinal);
    }
}
