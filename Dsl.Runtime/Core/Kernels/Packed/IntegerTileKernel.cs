using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// Products of codes with 8-bit inputs: y = Σ_g scale_g · Σ_runs step · (Σ code · q - zero_g · Σ q), the inner sums exact in integers. Loops are written out: shifts have to be
/// constants, and sums have to stay in registers.
/// </summary>
internal static class IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TBits : struct, ICodeBits
    where TFactor : struct, IIntegerFactor<TV>
    where TSum : struct, IIntegerSum<TV>
{
    /// <summary>Two strips with one row of inputs: the codes are read once, one after the other.</summary>
    /// <returns>A and B: results of the strips.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> Pair(TileShape shape, TileStrip a, TileStrip b, TFactor factor, TV zero, QuantizedInputs inputs, int row)
    {
        var (totalA, totalB, run, groups) = (default(TV), default(TV), 0, shape.Groups);
        for (var group = 0; group < groups; group++)
        {
            var (scaleA, scaleB) = (a.Scale<TLanes, TV>(group), b.Scale<TLanes, TV>(group));
            var (zeroA, zeroB) = (a.Zero<TLanes, TV>(group, zero), b.Zero<TLanes, TV>(group, zero));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; run++)
            {
                var stop = Math.Min(block + inputs.RunBlocks, last);
                Sums(shape, a, b, block, stop, factor, ref inputs.Codes(row), out var sumA, out var sumB);
                block = stop;
                totalA = Scaled(totalA, sumA, scaleA, zeroA, inputs.Step(row, run), inputs.NegatedSum(row, run));
                totalB = Scaled(totalB, sumB, scaleB, zeroB, inputs.Step(row, run), inputs.NegatedSum(row, run));
            }
        }

        return new Four<TV> { A = totalA, B = totalB };
    }

    /// <summary>One strip with four rows of inputs: codes are unpacked once for the four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> FourRows(TileShape shape, TileStrip a, TFactor factor, TV zero, QuantizedInputs inputs, int row)
    {
        var (total, run, groups) = (default(Four<TV>), 0, shape.Groups);
        for (var group = 0; group < groups; group++)
        {
            var (scale, zeroA) = (a.Scale<TLanes, TV>(group), a.Zero<TLanes, TV>(group, zero));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; run++)
            {
                var stop = Math.Min(block + inputs.RunBlocks, last);
                var sums = RowSums(shape, a, block, stop, factor, ref inputs.Codes(row), shape.PaddedColumns);
                block = stop;
                total.A = Scaled(total.A, sums.A, scale, zeroA, inputs.Step(row, run), inputs.NegatedSum(row, run));
                total.B = Scaled(total.B, sums.B, scale, zeroA, inputs.Step(row + 1, run), inputs.NegatedSum(row + 1, run));
                total.C = Scaled(total.C, sums.C, scale, zeroA, inputs.Step(row + 2, run), inputs.NegatedSum(row + 2, run));
                total.D = Scaled(total.D, sums.D, scale, zeroA, inputs.Step(row + 3, run), inputs.NegatedSum(row + 3, run));
            }
        }

        return total;
    }

    /// <summary>Sums of products over some blocks, exact in 32 bits, for two strips.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sums(TileShape shape, TileStrip a, TileStrip b, int firstBlock, int lastBlock, TFactor factor, ref byte x, out TV sumA, out TV sumB)
    {
        var (ones, totalA, totalB, blockBytes) = (TLanes.Repeat(0x00010001), default(TV), default(TV), shape.BlockBytes);
        for (var block = firstBlock; block < lastBlock; block++)
        {
            ref var codesA = ref a.Block(block * blockBytes);
            ref var codesB = ref b.Block(block * blockBytes);
            ref var inputs = ref Unsafe.Add(ref x, block * TileShape.BlockColumns);
            var (partA, partB, word) = (default(TV), default(TV), Word(ref inputs, 0));
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 0), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 0), word, ones);
            word = Word(ref inputs, 4);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 1), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 1), word, ones);
            word = Word(ref inputs, 8);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 2), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 2), word, ones);
            word = Word(ref inputs, 12);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 3), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 3), word, ones);
            word = Word(ref inputs, 16);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 4), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 4), word, ones);
            word = Word(ref inputs, 20);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 5), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 5), word, ones);
            word = Word(ref inputs, 24);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 6), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 6), word, ones);
            word = Word(ref inputs, 28);
            partA = Add(partA, factor, TBits.Quad<TLanes, TV>(ref codesA, 7), word, ones);
            partB = Add(partB, factor, TBits.Quad<TLanes, TV>(ref codesB, 7), word, ones);
            totalA = TLanes.Add32(totalA, TSum.Total<TLanes>(partA, ones));
            totalB = TLanes.Add32(totalB, TSum.Total<TLanes>(partB, ones));
        }

        (sumA, sumB) = (totalA, totalB);
    }

    /// <summary>Sums of products over some blocks for one strip and four rows of inputs, <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four<TV> RowSums(TileShape shape, TileStrip a, int firstBlock, int lastBlock, TFactor factor, ref byte x, nint stride)
    {
        var (ones, blockBytes) = (TLanes.Repeat(0x00010001), shape.BlockBytes);
        var (totalA, totalB, totalC, totalD) = (default(TV), default(TV), default(TV), default(TV));
        for (var block = firstBlock; block < lastBlock; block++)
        {
            ref var codes = ref a.Block(block * blockBytes);
            ref var x0 = ref Unsafe.Add(ref x, block * TileShape.BlockColumns);
            ref var x1 = ref Unsafe.Add(ref x0, stride);
            ref var x2 = ref Unsafe.Add(ref x1, stride);
            ref var x3 = ref Unsafe.Add(ref x2, stride);
            var (p0, p1, p2, p3) = (default(TV), default(TV), default(TV), default(TV));
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 0), ref x0, ref x1, ref x2, ref x3, 0, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 1), ref x0, ref x1, ref x2, ref x3, 4, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 2), ref x0, ref x1, ref x2, ref x3, 8, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 3), ref x0, ref x1, ref x2, ref x3, 12, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 4), ref x0, ref x1, ref x2, ref x3, 16, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 5), ref x0, ref x1, ref x2, ref x3, 20, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 6), ref x0, ref x1, ref x2, ref x3, 24, ones);
            AddRows(ref p0, ref p1, ref p2, ref p3, factor, TBits.Quad<TLanes, TV>(ref codes, 7), ref x0, ref x1, ref x2, ref x3, 28, ones);
            totalA = TLanes.Add32(totalA, TSum.Total<TLanes>(p0, ones));
            totalB = TLanes.Add32(totalB, TSum.Total<TLanes>(p1, ones));
            totalC = TLanes.Add32(totalC, TSum.Total<TLanes>(p2, ones));
            totalD = TLanes.Add32(totalD, TSum.Total<TLanes>(p3, ones));
        }

        return new Four<TV> { A = totalA, B = totalB, C = totalC, D = totalD };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRows(
        ref TV p0, ref TV p1, ref TV p2, ref TV p3, TFactor factor, TV code, ref byte x0, ref byte x1, ref byte x2, ref byte x3, int offset, TV ones)
    {
        p0 = Add(p0, factor, code, Word(ref x0, offset), ones);
        p1 = Add(p1, factor, code, Word(ref x1, offset), ones);
        p2 = Add(p2, factor, code, Word(ref x2, offset), ones);
        p3 = Add(p3, factor, code, Word(ref x3, offset), ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Add(TV sum, TFactor factor, TV code, TV inputs, TV ones) => TSum.Add<TLanes>(sum, factor.Dot<TLanes>(code, inputs), ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Scaled(TV total, TV sum, TV scale, TV zero, float step, float negated) =>
        TLanes.MultiplyAddFloat(TLanes.MultiplyAddFloat(zero, TLanes.Repeat(negated), TLanes.ToFloat(sum)), TLanes.MultiplyFloat(scale, TLanes.Repeat(step)), total);

    /// <summary>A quad of inputs, for all rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Word(ref byte inputs, int offset) => TLanes.Repeat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref inputs, offset)));
}
