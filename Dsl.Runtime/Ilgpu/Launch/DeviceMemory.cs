using ILGPU;
using ILGPU.Runtime;

namespace LayerDsl.Ilgpu.Launch;

/// <summary>Memory on a device that its owner frees. What is uploaded once stays; scratch memory grows with the largest batch seen.</summary>
internal sealed class DeviceMemory(Accelerator accelerator) : IDisposable
{
    private readonly List<MemoryBuffer> buffers = [];

    /// <summary>The device.</summary>
    public Accelerator Accelerator { get; } = accelerator;

    /// <summary>Whether it was freed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Copies values to the device; an empty view for none.</summary>
    public ArrayView<T> Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (values.IsEmpty)
        {
            return ArrayView<T>.Empty;
        }

        var buffer = Accelerator.Allocate1D<T>(values.Length);
        buffers.Add(buffer);
        buffer.View.CopyFromCPU(values.ToArray());
        return buffer.View;
    }

    /// <summary>So many zeros.</summary>
    public ArrayView<T> Zeros<T>(int count)
        where T : unmanaged
    {
        var buffer = Accelerator.Allocate1D<T>(count);
        buffers.Add(buffer);
        buffer.MemSetToZero();
        return buffer.View;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsDisposed = true;
        foreach (var buffer in buffers)
        {
            buffer.Dispose();
        }

        buffers.Clear();
    }
}

/// <summary>Values between the layers of a model: allocated at the first use, and again where a larger batch comes.</summary>
internal sealed class ScratchBuffer(Accelerator accelerator) : IDisposable
{
    private MemoryBuffer1D<float, Stride1D.Dense>? buffer;

    /// <summary>Room for so many values.</summary>
    /// <param name="stream">What may still use the smaller memory before.</param>
    /// <param name="length">The values.</param>
    public ArrayView<float> View(AcceleratorStream stream, int length)
    {
        if (buffer is null || buffer.Length < length)
        {
            stream.Synchronize();
            buffer?.Dispose();
            buffer = null;
            buffer = accelerator.Allocate1D<float>(length);
        }

        return buffer.View.BaseView.SubView(0, length);
    }

    /// <inheritdoc/>
    public void Dispose() => buffer?.Dispose();
}
