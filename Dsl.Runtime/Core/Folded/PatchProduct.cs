using System.Numerics;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// A matrix product whose right factor has rows of whole blocks: four rows of results by a block of two vectors stay in registers
/// while a row of the left factor runs through.
/// </summary>
internal static class PatchProduct
{
    private const int RowsAtOnce = 4;

    /// <summary>Columns of a block.</summary>
    public static int BlockWidth => 2 * Vector<float>.Count;

    /// <summary>y[o,k] = Σ_j weight[o,j] · patches[j,k] + bias[o].</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="patches">(inputs, count), rows a stride apart.</param>
    /// <param name="stride">A multiple of <see cref="BlockWidth"/>, at least count.</param>
    /// <param name="y">(outputs, count), rows <paramref name="yStride"/> apart.</param>
    /// <param name="yStride">From one row of results to the next.</param>
    /// <param name="outputs">Rows of the result.</param>
    /// <param name="count">Columns of the result.</param>
    public static void Multiply(
        ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<float> patches, int stride, Span<float> y, int yStride, int outputs, int count)
    {
        var inputs = weight.Length / outputs;
        Span<float> block = stackalloc float[RowsAtOnce * BlockWidth];
        for (var k = 0; k < count; k += BlockWidth)
        {
            var width = Math.Min(BlockWidth, count - k);
            for (var o = 0; o < outputs; o += RowsAtOnce)
            {
                var rows = Math.Min(RowsAtOnce, outputs - o);
                if (rows == RowsAtOnce)
                {
                    FourRows(weight.Slice(o * inputs, RowsAtOnce * inputs), inputs, patches[k..], stride, block);
                }
                else
                {
                    for (var row = 0; row < rows; row++)
                    {
                        OneRow(weight.Slice((o + row) * inputs, inputs), patches[k..], stride, block[(row * BlockWidth)..]);
                    }
                }

                for (var row = 0; row < rows; row++)
                {
                    var target = y.Slice(((o + row) * yStride) + k, width);
                    var sums = block.Slice(row * BlockWidth, width);
                    AddBias(sums, bias.IsEmpty ? 0 : bias[o + row], target);
                }
            }
        }
    }

    private static void AddBias(ReadOnlySpan<float> sums, float bias, Span<float> target)
    {
        for (var k = 0; k < sums.Length; k++)
        {
            target[k] = sums[k] + bias;
        }
    }

    private static void FourRows(ReadOnlySpan<float> weight, int inputs, ReadOnlySpan<float> patches, int stride, Span<float> block)
    {
        var (a0, a1, a2, a3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (b0, b1, b2, b3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        ref var first = ref MemoryMarshal.GetReference(patches);
        var w0 = weight[..inputs];
        var w1 = weight.Slice(inputs, inputs);
        var w2 = weight.Slice(2 * inputs, inputs);
        var w3 = weight.Slice(3 * inputs, inputs);
        for (var j = 0; j < w0.Length; j++)
        {
            // In range: the last row of patches is a whole number of blocks long as well.
            var left = Vector.LoadUnsafe(ref first, (nuint)(j * stride));
            var right = Vector.LoadUnsafe(ref first, (nuint)((j * stride) + Vector<float>.Count));
            var (f0, f1, f2, f3) = (new Vector<float>(w0[j]), new Vector<float>(w1[j]), new Vector<float>(w2[j]), new Vector<float>(w3[j]));
            a0 = Vector.FusedMultiplyAdd(f0, left, a0);
            b0 = Vector.FusedMultiplyAdd(f0, right, b0);
            a1 = Vector.FusedMultiplyAdd(f1, left, a1);
            b1 = Vector.FusedMultiplyAdd(f1, right, b1);
            a2 = Vector.FusedMultiplyAdd(f2, left, a2);
            b2 = Vector.FusedMultiplyAdd(f2, right, b2);
            a3 = Vector.FusedMultiplyAdd(f3, left, a3);
            b3 = Vector.FusedMultiplyAdd(f3, right, b3);
        }

        Store(a0, b0, block);
        Store(a1, b1, block[BlockWidth..]);
        Store(a2, b2, block[(2 * BlockWidth)..]);
        Store(a3, b3, block[(3 * BlockWidth)..]);
    }

    private static void OneRow(ReadOnlySpan<float> weight, ReadOnlySpan<float> patches, int stride, Span<float> block)
    {
        var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
        ref var first = ref MemoryMarshal.GetReference(patches);
        for (var j = 0; j < weight.Length; j++)
        {
            var factor = new Vector<float>(weight[j]);
            a = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref first, (nuint)(j * stride)), a);
            b = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref first, (nuint)((j * stride) + Vector<float>.Count)), b);
        }

        Store(a, b, block);
    }

    private static void Store(Vector<float> left, Vector<float> right, Span<float> block)
    {
        left.CopyTo(block);
        right.CopyTo(block[Vector<float>.Count..]);
    }
}
