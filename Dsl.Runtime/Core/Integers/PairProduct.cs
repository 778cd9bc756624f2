using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>
/// Sums of products of 16-bit numbers in 32 bits for many outputs at once: inputs lie in pairs, so that one instruction multiplies and adds both, and
/// outputs stay in the lanes of a vector: nothing is added up across lanes.
/// </summary>
internal static class PairProduct
{
    private const int RowsAtOnce = 4;

    /// <summary>Columns that are computed at once: what a buffer's rows are a multiple of.</summary>
    public static int BlockWidth => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated ? Vector512<int>.Count : Avx2.IsSupported ? Vector256<int>.Count : Vector<int>.Count;

    /// <summary>Four rows of sums, <c>sums[r,k] = Σ_j weights[r,j] · patches[j,k]</c>, for one block of columns.</summary>
    /// <param name="weights">Rows of pairs, <paramref name="pairs"/> long each: both numbers of a pair in one 32-bit word. From 1 to 4 rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="pairs">Pairs of inputs.</param>
    /// <param name="patches">(pairs, stride) of pairs, from the first column of the block.</param>
    /// <param name="stride">From one row of patches to the next, in pairs.</param>
    /// <param name="sums">(4, <see cref="BlockWidth"/>).</param>
    public static void Block(ReadOnlySpan<int> weights, int rows, int pairs, ReadOnlySpan<int> patches, int stride, Span<int> sums)
    {
        // Rows that are not there repeat the last one.
        Span<int> starts = [0, Math.Min(1, rows - 1) * pairs, Math.Min(2, rows - 1) * pairs, Math.Min(RowsAtOnce - 1, rows - 1) * pairs];
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
        {
            Block512(weights, starts, pairs, patches, stride, sums);
        }
        else if (Avx2.IsSupported)
        {
            Block256(weights, starts, pairs, patches, stride, sums);
        }
        else
        {
            BlockVector(weights, starts, pairs, patches, stride, sums);
        }
    }

    private static void Block512(ReadOnlySpan<int> w, ReadOnlySpan<int> starts, int pairs, ReadOnlySpan<int> patches, int stride, Span<int> sums)
    {
        var (a, b, c, d) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
        ref var first = ref MemoryMarshal.GetReference(patches);
        var w0 = w.Slice(starts[0], pairs);
        var w1 = w.Slice(starts[1], pairs);
        var w2 = w.Slice(starts[2], pairs);
        var w3 = w.Slice(starts[3], pairs);
        for (var j = 0; j < w0.Length; j++)
        {
            // In range: rows of patches are whole blocks long, the last one as well.
            var x = Vector512.LoadUnsafe(ref first, (nuint)(j * stride)).AsInt16();
            a += Avx512BW.MultiplyAddAdjacent(x, Vector512.Create(w0[j]).AsInt16());
            b += Avx512BW.MultiplyAddAdjacent(x, Vector512.Create(w1[j]).AsInt16());
            c += Avx512BW.MultiplyAddAdjacent(x, Vector512.Create(w2[j]).AsInt16());
            d += Avx512BW.MultiplyAddAdjacent(x, Vector512.Create(w3[j]).AsInt16());
        }

        a.CopyTo(sums);
        b.CopyTo(sums[Vector512<int>.Count..]);
        c.CopyTo(sums[(2 * Vector512<int>.Count)..]);
        d.CopyTo(sums[(3 * Vector512<int>.Count)..]);
    }

    private static void Block256(ReadOnlySpan<int> w, ReadOnlySpan<int> starts, int pairs, ReadOnlySpan<int> patches, int stride, Span<int> sums)
    {
        var (a, b, c, d) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        ref var first = ref MemoryMarshal.GetReference(patches);
        var w0 = w.Slice(starts[0], pairs);
        var w1 = w.Slice(starts[1], pairs);
        var w2 = w.Slice(starts[2], pairs);
        var w3 = w.Slice(starts[3], pairs);
        for (var j = 0; j < w0.Length; j++)
        {
            var x = Vector256.LoadUnsafe(ref first, (nuint)(j * stride)).AsInt16();
            a += Avx2.MultiplyAddAdjacent(x, Vector256.Create(w0[j]).AsInt16());
            b += Avx2.MultiplyAddAdjacent(x, Vector256.Create(w1[j]).AsInt16());
            c += Avx2.MultiplyAddAdjacent(x, Vector256.Create(w2[j]).AsInt16());
            d += Avx2.MultiplyAddAdjacent(x, Vector256.Create(w3[j]).AsInt16());
        }

        a.CopyTo(sums);
        b.CopyTo(sums[Vector256<int>.Count..]);
        c.CopyTo(sums[(2 * Vector256<int>.Count)..]);
        d.CopyTo(sums[(3 * Vector256<int>.Count)..]);
    }

    private static void BlockVector(ReadOnlySpan<int> w, ReadOnlySpan<int> starts, int pairs, ReadOnlySpan<int> patches, int stride, Span<int> sums)
    {
        for (var row = 0; row < RowsAtOnce; row++)
        {
            var sum = Vector<int>.Zero;
            var line = w.Slice(starts[row], pairs);
            for (var j = 0; j < line.Length; j++)
            {
                // The halves of a word: the low one moves up and down again for its sign.
                var x = new Vector<int>(patches[(j * stride)..]);
                sum += (((x << 16) >> 16) * (short)line[j]) + ((x >> 16) * (line[j] >> 16));
            }

            sum.CopyTo(sums[(row * Vector<int>.Count)..]);
        }
    }
}
