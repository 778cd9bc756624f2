using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Matrix products of whole inputs and whole weights.</summary>
internal static class IntegerProduct
{
    /// <summary>A block of unpacked weights that stays in the second-level cache while every row of the batch uses it.</summary>
    private const int BlockBytes = 128 * 1024;

    /// <summary>y[r,o] = inputScale · Σ_g scale[o,g] · Σ steps[r,i] · w[o,i] + bias[o], each sum of products exact, the rest in double precision.</summary>
    /// <param name="weight">(outputs, in).</param>
    /// <param name="inputScale">The step of the input's grid.</param>
    /// <param name="steps">(rows, in).</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">Rows of the input.</param>
    /// <param name="outputs">Rows of the weight.</param>
    public static void Multiply(
        IntegerWeight weight, double inputScale, ReadOnlySpan<short> steps, ReadOnlySpan<float> bias, Span<float> y, int rows, int outputs)
    {
        MultiplyOne(weight, inputScale, steps, bias, y, rows, outputs);
        if (weight.Odd is { } odd)
        {
            using var rest = new PooledBuffer(y.Length);
            MultiplyOne(odd, Math.Sqrt(2) * inputScale, steps, [], rest.Span, rows, outputs);
            TensorPrimitives.Add(y, rest.Span, y);
        }
    }

    private static void MultiplyOne(
        IntegerWeight weight, double inputScale, ReadOnlySpan<short> steps, ReadOnlySpan<float> bias, Span<float> y, int rows, int outputs)
    {
        var columns = steps.Length / rows;
        var block = Math.Clamp(BlockBytes / weight.RowBytes, 1, outputs);
        using var buffer = new PooledBuffer(checked(((block * weight.RowBytes) + sizeof(float) - 1) / sizeof(float)));
        var unpacked = MemoryMarshal.AsBytes(buffer.Span);
        for (var first = 0; first < outputs; first += block)
        {
            var last = Math.Min(outputs, first + block);
            Unpack(weight, unpacked, first, last);
            for (var row = 0; row < rows; row++)
            {
                var line = steps.Slice(row * columns, columns);
                for (var o = first; o < last; o++)
                {
                    var sum = inputScale * weight.Dot(o, unpacked.Slice((o - first) * weight.RowBytes, weight.RowBytes), line);
                    y[(row * outputs) + o] = (float)(bias.IsEmpty ? sum : sum + bias[o]);
                }
            }
        }
    }

    /// <summary>Unpacks rows of codes, one after the other.</summary>
    public static void Unpack(IntegerWeight weight, Span<byte> target, int first, int last)
    {
        for (var o = first; o < last; o++)
        {
            weight.Unpack(o, target.Slice((o - first) * weight.RowBytes, weight.RowBytes));
        }
    }
}
