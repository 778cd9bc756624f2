using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LayerDsl.Simd;
using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>Runs loops of generated code on the memory of tensors.</summary>
public static class TensorLoop
{
    /// <summary>Whether loops can read the tensors: float32 on the CPU, without gaps, at most 2 GiB.</summary>
    /// <param name="tensors">Any shapes.</param>
    public static bool Fits(params IEnumerable<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.All(tensor => tensor.dtype == ScalarType.Float32 && tensor.device_type == TorchSharp.DeviceType.CPU && tensor.is_contiguous() && tensor.numel() <= Array.MaxLength / sizeof(float));
    }

    /// <summary>A tensor for a loop to write to.</summary>
    /// <param name="size">The shape.</param>
    public static Tensor New(params long[] size) => empty(size, ScalarType.Float32);

    /// <summary>The number that a tensor without axes holds.</summary>
    /// <param name="tensor">One that loops can read.</param>
    public static float Number(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return MemoryMarshal.Read<float>(tensor.bytes);
    }

    /// <summary>The memory of a tensor as rows. Valid as long as the tensor is.</summary>
    /// <param name="tensor">One that loops can read.</param>
    /// <param name="rows">How many rows its numbers are.</param>
    public static unsafe FloatRows Rows(Tensor tensor, int rows)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var bytes = tensor.bytes;
        return new FloatRows((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), rows, bytes.Length / sizeof(float) / rows);
    }

    /// <summary>Does all rows on as many threads as TorchSharp uses, whose own threads wait meanwhile.</summary>
    /// <param name="kernel">The loop.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many numbers a row has.</param>
    public static void Run<TKernel>(TKernel kernel, int rows, int columns)
        where TKernel : struct, IRowKernel => RowLoop.Run(kernel, rows, columns, get_num_threads());
}
