using System.Reflection;
using ILGPU.Runtime;

namespace LayerDsl.Ilgpu.Launch;

/// <summary>The kernels that a model uses, each compiled at its first use.</summary>
internal sealed class KernelSet(Accelerator accelerator)
{
    private readonly Dictionary<MethodInfo, Delegate> loaded = [];

    /// <summary>The device.</summary>
    public Accelerator Accelerator { get; } = accelerator;

    /// <summary>The launcher of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="load">Compiles it.</param>
    public TLauncher Get<TKernel, TLauncher>(TKernel kernel, Func<TKernel, TLauncher> load)
        where TKernel : Delegate
        where TLauncher : Delegate
    {
        if (!loaded.TryGetValue(kernel.Method, out var launcher))
        {
            launcher = load(kernel);
            loaded.Add(kernel.Method, launcher);
        }

        return (TLauncher)launcher;
    }

    /// <summary>A power of two of threads for a reduction of so many values: no more than the device has, few on the CPU accelerator.</summary>
    /// <param name="values">Values of a row.</param>
    /// <param name="most">The most that the kernel takes.</param>
    public int ThreadsFor(int values, int most)
    {
        var limit = Accelerator.AcceleratorType == AcceleratorType.CPU ? 4 : Math.Min(most, Accelerator.MaxNumThreadsPerGroup);
        var threads = 1;
        while (threads * 2 <= limit && threads < values)
        {
            threads *= 2;
        }

        return threads;
    }
}
