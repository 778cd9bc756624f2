using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// Products of weights with inputs of 32 bits: y = Σ_g scale_g · Σ (level - zero_g) · x, every step in floats. Loops are written out: shifts have to be constants, and sums have
/// to stay in registers.
/// </summary>
internal static class FloatTileKernel<TLanes, TV, TBits, TFactor, TZeros>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TBits : struct, ICodeBits
    where TFactor : struct, IFloatFactor<TV>
    where TZeros : struct, IZeroPoints<TV>
{
    private const int QuadBytes = TileShape.Quad * sizeof(float);
    private const int BlockBytes = TileShape.BlockColumns * sizeof(float);

    /// <summary>A strip with one row of inputs.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="a">The strip.</param>
    /// <param name="factor">What codes stand for.</param>
    /// <param name="zero">The zero point of all rows, where they have none of their own.</param>
    /// <param name="x">The inputs, in the order of <see cref="FloatInputs"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TV One(TileShape shape, TileStrip a, TFactor factor, TV zero, ref byte x)
    {
        var (total, groups, blockBytes) = (default(TV), shape.Groups, shape.BlockBytes);
        for (var group = 0; group < groups; group++)
        {
            var (sums, zeros) = (default(Four<TV>), a.Zero<TLanes, TV>(group, zero));
            var (low, high) = (TLanes.InterleaveLow32(zeros, zeros), TLanes.InterleaveHigh32(zeros, zeros));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; block++)
            {
                ref var codes = ref a.Block(block * blockBytes);
                ref var inputs = ref Unsafe.Add(ref x, block * BlockBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 0), low, high), ref inputs, 0);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 1), low, high), ref inputs, QuadBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 2), low, high), ref inputs, 2 * QuadBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 3), low, high), ref inputs, 3 * QuadBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 4), low, high), ref inputs, 4 * QuadBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 5), low, high), ref inputs, 5 * QuadBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 6), low, high), ref inputs, 6 * QuadBytes);
                Add(ref sums, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 7), low, high), ref inputs, 7 * QuadBytes);
            }

            // A row has two words of A and B, or of C and D: columns 0 and 1, and 2 and 3.
            var rows = TLanes.AddPairsFloat(TLanes.AddFloat(sums.A, sums.B), TLanes.AddFloat(sums.C, sums.D));
            total = TLanes.MultiplyAddFloat(rows, a.Scale<TLanes, TV>(group), total);
        }

        return total;
    }

    /// <summary>A strip with two rows of inputs: codes are decoded once for the two. A and B are the results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> TwoRows(TileShape shape, TileStrip a, TFactor factor, TV zero, ref byte x)
    {
        var (total, groups, blockBytes, stride) = (default(Four<TV>), shape.Groups, shape.BlockBytes, (nint)shape.PaddedColumns * sizeof(float));
        for (var group = 0; group < groups; group++)
        {
            var (first, second, zeros) = (default(Four<TV>), default(Four<TV>), a.Zero<TLanes, TV>(group, zero));
            var (low, high) = (TLanes.InterleaveLow32(zeros, zeros), TLanes.InterleaveHigh32(zeros, zeros));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; block++)
            {
                ref var codes = ref a.Block(block * blockBytes);
                ref var inputs = ref Unsafe.Add(ref x, block * BlockBytes);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 0), low, high), ref inputs, 0, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 1), low, high), ref inputs, QuadBytes, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 2), low, high), ref inputs, 2 * QuadBytes, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 3), low, high), ref inputs, 3 * QuadBytes, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 4), low, high), ref inputs, 4 * QuadBytes, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 5), low, high), ref inputs, 5 * QuadBytes, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 6), low, high), ref inputs, 6 * QuadBytes, stride);
                AddBoth(ref first, ref second, Weights(factor, TBits.Quad<TLanes, TV>(ref codes, 7), low, high), ref inputs, 7 * QuadBytes, stride);
            }

            var scale = a.Scale<TLanes, TV>(group);
            total.A = TLanes.MultiplyAddFloat(TLanes.AddPairsFloat(TLanes.AddFloat(first.A, first.B), TLanes.AddFloat(first.C, first.D)), scale, total.A);
            total.B = TLanes.MultiplyAddFloat(TLanes.AddPairsFloat(TLanes.AddFloat(second.A, second.B), TLanes.AddFloat(second.C, second.D)), scale, total.B);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> Weights(TFactor factor, TV code, TV low, TV high) => TZeros.TakeOff<TLanes>(factor.Weights<TLanes>(code), low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Four<TV> sums, Four<TV> weights, ref byte inputs, nint offset)
    {
        // Inputs of columns 0 and 2 in turn, then of 1 and 3.
        var even = TLanes.Repeat(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref inputs, offset)));
        var odd = TLanes.Repeat(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref inputs, offset + sizeof(long))));
        sums.A = TLanes.MultiplyAddFloat(weights.A, even, sums.A);
        sums.B = TLanes.MultiplyAddFloat(weights.B, odd, sums.B);
        sums.C = TLanes.MultiplyAddFloat(weights.C, even, sums.C);
        sums.D = TLanes.MultiplyAddFloat(weights.D, odd, sums.D);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBoth(ref Four<TV> first, ref Four<TV> second, Four<TV> weights, ref byte inputs, nint offset, nint stride)
    {
        Add(ref first, weights, ref inputs, offset);
        Add(ref second, weights, ref inputs, offset + stride);
    }
}
