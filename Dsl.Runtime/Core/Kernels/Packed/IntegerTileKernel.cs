using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// Products of codes with 8-bit inputs: y = Σ_g scale_g · Σ_runs step · (Σ code · q - zero_g · Σ q), the inner sums exact in integers. 16-bit sums are widened before they
/// could overflow.
/// </summary>
internal static class IntegerTileKernel<TLanes, TV, TBits, TFactor>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TBits : struct, ICodeBits
    where TFactor : struct, IIntegerFactor<TV>
{
    private static int QuadsInShort => TFactor.AreCodes ? TBits.QuadsInShort : 1;

    /// <summary>Two strips with one row of inputs: the codes are read once, one after the other.</summary>
    /// <returns>A and B: results of the strips.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> Pair(TileShape shape, TileStrip a, TileStrip b, TFactor factor, TV zero, QuantizedInputs inputs, int row)
    {
        var (total, ones, run) = (default(Four<TV>), TLanes.Repeat(0x00010001), 0);
        ref var x = ref inputs.Codes(row);
        for (var group = 0; group < shape.Groups; group++)
        {
            var (scaleA, scaleB) = (a.Scale<TLanes, TV>(group), b.Scale<TLanes, TV>(group));
            var (zeroA, zeroB) = (a.Zero<TLanes, TV>(group, zero), b.Zero<TLanes, TV>(group, zero));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; run++)
            {
                var sums = default(Four<TV>);
                for (var stop = Math.Min(block + inputs.RunBlocks, last); block < stop; block++)
                {
                    sums = AddBlock(sums, ref a.Block(block * shape.BlockBytes), ref b.Block(block * shape.BlockBytes), ref Unsafe.Add(ref x, block * TileShape.BlockColumns), factor, ones);
                }

                var (step, negated) = (TLanes.Repeat(inputs.Step(row, run)), TLanes.Repeat(inputs.NegatedSum(row, run)));
                total.A = TLanes.MultiplyAddFloat(TLanes.MultiplyAddFloat(zeroA, negated, TLanes.ToFloat(sums.A)), TLanes.MultiplyFloat(scaleA, step), total.A);
                total.B = TLanes.MultiplyAddFloat(TLanes.MultiplyAddFloat(zeroB, negated, TLanes.ToFloat(sums.B)), TLanes.MultiplyFloat(scaleB, step), total.B);
            }
        }

        return total;
    }

    /// <summary>One strip with four rows of inputs: codes are unpacked once for the four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> FourRows(TileShape shape, TileStrip a, TFactor factor, TV zero, QuantizedInputs inputs, int row)
    {
        var (total, ones, run) = (default(Four<TV>), TLanes.Repeat(0x00010001), 0);
        ref var x = ref inputs.Codes(row);
        for (var group = 0; group < shape.Groups; group++)
        {
            var (scale, zeroA) = (a.Scale<TLanes, TV>(group), a.Zero<TLanes, TV>(group, zero));
            for (var (block, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); block < last; run++)
            {
                var sums = default(Four<TV>);
                for (var stop = Math.Min(block + inputs.RunBlocks, last); block < stop; block++)
                {
                    sums = AddBlock(sums, ref a.Block(block * shape.BlockBytes), ref Unsafe.Add(ref x, block * TileShape.BlockColumns), shape.PaddedColumns, factor, ones);
                }

                total.A = Scaled(total.A, sums.A, scale, zeroA, inputs.Step(row, run), inputs.NegatedSum(row, run));
                total.B = Scaled(total.B, sums.B, scale, zeroA, inputs.Step(row + 1, run), inputs.NegatedSum(row + 1, run));
                total.C = Scaled(total.C, sums.C, scale, zeroA, inputs.Step(row + 2, run), inputs.NegatedSum(row + 2, run));
                total.D = Scaled(total.D, sums.D, scale, zeroA, inputs.Step(row + 3, run), inputs.NegatedSum(row + 3, run));
            }
        }

        return total;
    }

    /// <summary>Sums of one group, exact in 32 bits, for two strips: A and B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> Exact(TileShape shape, TileStrip a, TileStrip b, int firstBlock, int lastBlock, TFactor factor, ref byte x)
    {
        var (sums, ones) = (default(Four<TV>), TLanes.Repeat(0x00010001));
        for (var block = firstBlock; block < lastBlock; block++)
        {
            sums = AddBlock(sums, ref a.Block(block * shape.BlockBytes), ref b.Block(block * shape.BlockBytes), ref Unsafe.Add(ref x, block * TileShape.BlockColumns), factor, ones);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Scaled(TV total, TV sum, TV scale, TV zero, float step, float negated) =>
        TLanes.MultiplyAddFloat(TLanes.MultiplyAddFloat(zero, TLanes.Repeat(negated), TLanes.ToFloat(sum)), TLanes.MultiplyFloat(scale, TLanes.Repeat(step)), total);

    /// <summary>Two strips: sums in A and B; C and D are sums of 16 bits in between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> AddBlock(Four<TV> sums, ref byte a, ref byte b, ref byte x, TFactor factor, TV ones)
    {
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 0);
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 1);
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 2);
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 3);
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 4);
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 5);
        sums = AddQuad(sums, ref a, ref b, ref x, factor, ones, 6);
        return AddQuad(sums, ref a, ref b, ref x, factor, ones, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> AddQuad(Four<TV> sums, ref byte a, ref byte b, ref byte x, TFactor factor, TV ones, int quad)
    {
        var inputs = TLanes.Repeat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref x, quad * TileShape.Quad)));
        var first = factor.Dot<TLanes>(CodeReader.Quad<TBits, TLanes, TV>(ref a, quad), inputs);
        var second = factor.Dot<TLanes>(CodeReader.Quad<TBits, TLanes, TV>(ref b, quad), inputs);
        var isFirst = quad % QuadsInShort == 0;
        sums.C = isFirst ? first : TLanes.Add16(sums.C, first);
        sums.D = isFirst ? second : TLanes.Add16(sums.D, second);
        if ((quad + 1) % QuadsInShort == 0)
        {
            sums.A = TLanes.Add32(sums.A, TLanes.DotShorts(sums.C, ones));
            sums.B = TLanes.Add32(sums.B, TLanes.DotShorts(sums.D, ones));
        }

        return sums;
    }

    /// <summary>Four rows of inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> AddBlock(Four<TV> sums, ref byte a, ref byte x, nint stride, TFactor factor, TV ones)
    {
        var shorts = default(Four<TV>);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 0);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 1);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 2);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 3);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 4);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 5);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 6);
        AddQuad(ref sums, ref shorts, ref a, ref x, stride, factor, ones, 7);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuad(ref Four<TV> sums, ref Four<TV> shorts, ref byte a, ref byte x, nint stride, TFactor factor, TV ones, int quad)
    {
        ref var inputs = ref Unsafe.Add(ref x, quad * TileShape.Quad);
        var code = CodeReader.Quad<TBits, TLanes, TV>(ref a, quad);
        var isFirst = quad % QuadsInShort == 0;
        var first = factor.Dot<TLanes>(code, Word(ref inputs, 0));
        var second = factor.Dot<TLanes>(code, Word(ref inputs, stride));
        var third = factor.Dot<TLanes>(code, Word(ref inputs, 2 * stride));
        var fourth = factor.Dot<TLanes>(code, Word(ref inputs, 3 * stride));
        shorts.A = isFirst ? first : TLanes.Add16(shorts.A, first);
        shorts.B = isFirst ? second : TLanes.Add16(shorts.B, second);
        shorts.C = isFirst ? third : TLanes.Add16(shorts.C, third);
        shorts.D = isFirst ? fourth : TLanes.Add16(shorts.D, fourth);
        if ((quad + 1) % QuadsInShort == 0)
        {
            sums.A = TLanes.Add32(sums.A, TLanes.DotShorts(shorts.A, ones));
            sums.B = TLanes.Add32(sums.B, TLanes.DotShorts(shorts.B, ones));
            sums.C = TLanes.Add32(sums.C, TLanes.DotShorts(shorts.C, ones));
            sums.D = TLanes.Add32(sums.D, TLanes.DotShorts(shorts.D, ones));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Word(ref byte inputs, nint offset) => TLanes.Repeat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref inputs, offset)));
}
