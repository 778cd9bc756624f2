using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu;

/// <summary>Values for each row of a batch on a device: they stay from the forward to the backward pass, and are allocated anew where a larger batch comes.</summary>
public sealed class RowValues
{
    private readonly ScratchBuffer scratch;
    private readonly AcceleratorStream stream;

    internal RowValues(ScratchBuffer scratch, AcceleratorStream stream) => (this.scratch, this.stream) = (scratch, stream);

    /// <summary>Room for so many values; what was there is lost only if there was less.</summary>
    /// <param name="length">The values.</param>
    public ArrayView<float> View(int length) => scratch.View(stream, length);
}
