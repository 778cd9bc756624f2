using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>A folded layer on a device: its weights are uploaded when it is made, and freed with it.</summary>
public abstract class DeviceLayer : IDisposable
{
    private readonly List<IDisposable> parts = [];

    private protected DeviceLayer(KernelSet kernels, string name)
    {
        Kernels = kernels;
        Name = name;
        Memory = Own(new DeviceMemory(kernels.Accelerator));
    }

    /// <summary>The layer's name.</summary>
    public string Name { get; }

    private protected KernelSet Kernels { get; }

    private protected DeviceMemory Memory { get; }

    /// <summary>The parts that inputs were noted in, which a kernel cannot report by an exception.</summary>
    internal virtual IEnumerable<InputStatus> Statuses => [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in parts)
        {
            part.Dispose();
        }

        parts.Clear();
        GC.SuppressFinalize(this);
    }

    private protected T Own<T>(T part)
        where T : IDisposable
    {
        parts.Add(part);
        return part;
    }
}

/// <summary>Where kernels note an input that the layer refuses.</summary>
internal sealed class InputStatus(DeviceMemory memory, Func<int, float, LayerDslException> error)
{
    /// <summary>One more than the place of the input, and its bits.</summary>
    public ArrayView<int> View { get; } = memory.Upload<int>([0, 0]);

    /// <summary>The error that was noted, which is noted no longer, or null.</summary>
    /// <param name="stream">Where the kernels were enqueued.</param>
    public LayerDslException? Take(AcceleratorStream stream)
    {
        var noted = new int[2];
        View.CopyToCPU(stream, noted);
        stream.Synchronize();
        if (noted[0] == 0)
        {
            return null;
        }

        View.MemSetToZero(stream);
        return error(noted[0] - 1, BitConverter.Int32BitsToSingle(noted[1]));
    }
}
