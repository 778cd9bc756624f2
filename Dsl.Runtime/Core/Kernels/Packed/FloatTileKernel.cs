using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>Products of weights with inputs of 32 bits: y = Σ_g scale_g · Σ (level - zero_g) · x, every step in floats.</summary>
internal static class FloatTileKernel<TLanes, TV, TBits, TFactor, TZeros>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TBits : struct, ICodeBits
    where TFactor : struct, IFloatFactor<TV>
    where TZeros : struct, IZeroPoints
{
    private const int QuadBytes = TileShape.Quad * sizeof(float);
    private const int BlockBytes = TileShape.BlockColumns * sizeof(float);

    /// <summary>Two strips with one row of inputs: the codes are read once, one after the other.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="a">The one.</param>
    /// <param name="b">The other.</param>
    /// <param name="factor">What codes stand for.</param>
    /// <param name="zero">The zero point of all rows, where they have none of their own.</param>
    /// <param name="x">The inputs, in the order of <see cref="FloatInputs"/>.</param>
    /// <returns>A and B: results of the strips.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> Pair(TileShape shape, TileStrip a, TileStrip b, TFactor factor, TV zero, ref byte x)
    {
        var total = default(Four<TV>);
        for (var group = 0; group < shape.Groups; group++)
        {
            var (sumsA, sumsB) = (default(Four<TV>), default(Four<TV>));
            var (zerosA, zerosB) = (a.Zero<TLanes, TV>(group, zero), b.Zero<TLanes, TV>(group, zero));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; block++)
            {
                ref var codesA = ref a.Block(block * shape.BlockBytes);
                ref var codesB = ref b.Block(block * shape.BlockBytes);
                ref var inputs = ref Unsafe.Add(ref x, block * BlockBytes);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 0);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 1);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 2);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 3);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 4);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 5);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 6);
                AddQuad(ref sumsA, ref sumsB, ref codesA, ref codesB, ref inputs, factor, zerosA, zerosB, 7);
            }

            total.A = TLanes.MultiplyAddFloat(RowSums(sumsA), a.Scale<TLanes, TV>(group), total.A);
            total.B = TLanes.MultiplyAddFloat(RowSums(sumsB), b.Scale<TLanes, TV>(group), total.B);
        }

        return total;
    }

    /// <summary>One strip with four rows of inputs: codes are decoded once for the four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> FourRows(TileShape shape, TileStrip a, TFactor factor, TV zero, ref byte x)
    {
        var (total, stride) = (default(Four<TV>), (nint)shape.PaddedColumns * sizeof(float));
        for (var group = 0; group < shape.Groups; group++)
        {
            // Sums of rows 0 and 1 of the inputs, then of rows 2 and 3: two vectors of rows of the weight each.
            var (first, second, zeros) = (default(Four<TV>), default(Four<TV>), a.Zero<TLanes, TV>(group, zero));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; block++)
            {
                ref var codes = ref a.Block(block * shape.BlockBytes);
                ref var inputs = ref Unsafe.Add(ref x, block * BlockBytes);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 0);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 1);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 2);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 3);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 4);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 5);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 6);
                AddQuad(ref first, ref second, ref codes, ref inputs, stride, factor, zeros, 7);
            }

            var scale = a.Scale<TLanes, TV>(group);
            total.A = TLanes.MultiplyAddFloat(TLanes.AddPairsFloat(first.A, first.B), scale, total.A);
            total.B = TLanes.MultiplyAddFloat(TLanes.AddPairsFloat(first.C, first.D), scale, total.B);
            total.C = TLanes.MultiplyAddFloat(TLanes.AddPairsFloat(second.A, second.B), scale, total.C);
            total.D = TLanes.MultiplyAddFloat(TLanes.AddPairsFloat(second.C, second.D), scale, total.D);
        }

        return total;
    }

    /// <summary>A row has two words of A and B, or of C and D: columns 0 and 1, and 2 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV RowSums(Four<TV> sums) => TLanes.AddPairsFloat(TLanes.AddFloat(sums.A, sums.B), TLanes.AddFloat(sums.C, sums.D));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> Weights(ref byte codes, TFactor factor, TV zeros, int quad)
    {
        var weights = factor.Weights<TLanes>(CodeReader.Quad<TBits, TLanes, TV>(ref codes, quad));
        if (TZeros.Exist)
        {
            var (low, high) = (TLanes.InterleaveLow32(zeros, zeros), TLanes.InterleaveHigh32(zeros, zeros));
            weights.A = TLanes.SubtractFloat(weights.A, low);
            weights.B = TLanes.SubtractFloat(weights.B, low);
            weights.C = TLanes.SubtractFloat(weights.C, high);
            weights.D = TLanes.SubtractFloat(weights.D, high);
        }

        return weights;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuad(ref Four<TV> sumsA, ref Four<TV> sumsB, ref byte codesA, ref byte codesB, ref byte inputs, TFactor factor, TV zerosA, TV zerosB, int quad)
    {
        var (even, odd) = (Inputs(ref inputs, quad, 0), Inputs(ref inputs, quad, 1));
        sumsA = Add(sumsA, Weights(ref codesA, factor, zerosA, quad), even, odd);
        sumsB = Add(sumsB, Weights(ref codesB, factor, zerosB, quad), even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> Add(Four<TV> sums, Four<TV> weights, TV even, TV odd)
    {
        sums.A = TLanes.MultiplyAddFloat(weights.A, even, sums.A);
        sums.B = TLanes.MultiplyAddFloat(weights.B, odd, sums.B);
        sums.C = TLanes.MultiplyAddFloat(weights.C, even, sums.C);
        sums.D = TLanes.MultiplyAddFloat(weights.D, odd, sums.D);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuad(ref Four<TV> first, ref Four<TV> second, ref byte codes, ref byte inputs, nint stride, TFactor factor, TV zeros, int quad)
    {
        var weights = Weights(ref codes, factor, zeros, quad);
        (first.A, first.B) = AddRow(first.A, first.B, weights, ref inputs, quad);
        (first.C, first.D) = AddRow(first.C, first.D, weights, ref Unsafe.Add(ref inputs, stride), quad);
        (second.A, second.B) = AddRow(second.A, second.B, weights, ref Unsafe.Add(ref inputs, 2 * stride), quad);
        (second.C, second.D) = AddRow(second.C, second.D, weights, ref Unsafe.Add(ref inputs, 3 * stride), quad);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TV Low, TV High) AddRow(TV low, TV high, Four<TV> weights, ref byte inputs, int quad)
    {
        var (even, odd) = (Inputs(ref inputs, quad, 0), Inputs(ref inputs, quad, 1));
        low = TLanes.MultiplyAddFloat(weights.B, odd, TLanes.MultiplyAddFloat(weights.A, even, low));
        high = TLanes.MultiplyAddFloat(weights.D, odd, TLanes.MultiplyAddFloat(weights.C, even, high));
        return (low, high);
    }

    /// <summary>Inputs of columns 0 and 2, or 1 and 3, of a quad in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Inputs(ref byte inputs, int quad, int half) =>
        TLanes.Repeat(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref inputs, (quad * QuadBytes) + (half * sizeof(long)))));
}
