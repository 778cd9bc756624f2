using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// Compressed rows times a matrix whose rows have whole blocks. Four vectors of
/// results stay in registers while a row's numbers run through; each reads a row of the right factor in order. Columns were
/// checked to lie inside of it when the rows were made, and are not checked again.
/// </summary>
internal static class SparsePatchProduct
{
    /// <summary>Columns of the result that are computed at once: two vectors.</summary>
    public static int BlockWidth => 2 * Vector<float>.Count;

    /// <summary>y[o,k] = Σ_j W[o,j] · patches[j,k] + bias[o].</summary>
    /// <param name="values">The numbers of W that are not zero, row after row.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="starts">Where each row of the result starts among them, and where the last ends.</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="patches">(columns of W, count), rows a stride apart.</param>
    /// <param name="stride">A multiple of <see cref="BlockWidth"/>, at least count.</param>
    /// <param name="y">(outputs, count), rows <paramref name="yStride"/> apart.</param>
    /// <param name="yStride">From one row of results to the next.</param>
    /// <param name="count">Columns of the result.</param>
    public static void Multiply<TColumn>(
        ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ReadOnlySpan<int> starts, ReadOnlySpan<float> bias, ReadOnlySpan<float> patches, int stride, Span<float> y, int yStride, int count)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var (lanes, width) = (Vector<float>.Count, BlockWidth);
        Span<float> block = stackalloc float[2 * width];
        ref var first = ref MemoryMarshal.GetReference(patches);
        for (var o = 0; o < starts.Length - 1; o++)
        {
            var own = values[starts[o]..starts[o + 1]];
            var places = columns[starts[o]..starts[o + 1]];
            var offset = new Vector<float>(bias.IsEmpty ? 0 : bias[o]);
            var line = y.Slice(o * yStride, count);
            for (var k = 0; k < count;)
            {
                // Rows of patches are whole blocks long, so that none of these loads leaves its row.
                ref var from = ref Unsafe.Add(ref first, k);
                var wide = k + (2 * width) <= stride;
                if (wide)
                {
                    FourVectors(own, places, ref from, stride, offset, block);
                }
                else
                {
                    TwoVectors(own, places, ref from, stride, offset, block);
                }

                var length = Math.Min(count - k, wide ? 4 * lanes : 2 * lanes);
                block[..length].CopyTo(line[k..]);
                k += length;
            }
        }
    }

    private static void FourVectors<TColumn>(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ref float from, int stride, Vector<float> offset, Span<float> block)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var lanes = (nuint)Vector<float>.Count;
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var k = 0; k < values.Length; k++)
        {
            var (factor, place) = (new Vector<float>(values[k]), (nuint)int.CreateTruncating(columns[k]) * (nuint)stride);
            a = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref from, place), a);
            b = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref from, place + lanes), b);
            c = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref from, place + (2 * lanes)), c);
            d = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref from, place + (3 * lanes)), d);
        }

        (a + offset).CopyTo(block);
        (b + offset).CopyTo(block[Vector<float>.Count..]);
        (c + offset).CopyTo(block[(2 * Vector<float>.Count)..]);
        (d + offset).CopyTo(block[(3 * Vector<float>.Count)..]);
    }

    private static void TwoVectors<TColumn>(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ref float from, int stride, Vector<float> offset, Span<float> block)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var k = 0; k < values.Length; k++)
        {
            var (factor, place) = (new Vector<float>(values[k]), (nuint)int.CreateTruncating(columns[k]) * (nuint)stride);
            a = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref from, place), a);
            b = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref from, place + (nuint)Vector<float>.Count), b);
        }

        (a + offset).CopyTo(block);
        (b + offset).CopyTo(block[Vector<float>.Count..]);
    }
}
