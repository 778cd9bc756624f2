using ILGPU;
using ILGPU.Runtime;

namespace LayerDsl.Ilgpu.Launch;

/// <summary>The classes of a batch on a device.</summary>
internal sealed class ClassBuffer(Accelerator accelerator) : IDisposable
{
    private MemoryBuffer1D<int, Stride1D.Dense>? buffer;

    /// <summary>Copies the classes to the device.</summary>
    public ArrayView<int> Upload(AcceleratorStream stream, ReadOnlySpan<int> classes)
    {
        if (buffer is null || buffer.Length < classes.Length)
        {
            stream.Synchronize();
            buffer?.Dispose();
            buffer = null;
            buffer = accelerator.Allocate1D<int>(classes.Length);
        }

        ArrayView<int> view = buffer.View.BaseView.SubView(0, classes.Length);
        view.CopyFromCPU(stream, classes.ToArray());
        return view;
    }

    /// <inheritdoc/>
    public void Dispose() => buffer?.Dispose();
}
