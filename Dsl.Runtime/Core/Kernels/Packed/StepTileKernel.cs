using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// Products of codes with inputs in codes: Σ_g scale_g · (Σ level · step - zero_g · Σ step), the sums of a group exact in integers, the rest in double precision. A strip has two vectors of
/// doubles, those of the lower and of the upper half of its rows.
/// </summary>
internal static class StepTileKernel<TLanes, TV, TBits, TFactor, TSum>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TBits : struct, ICodeBits
    where TFactor : struct, IIntegerFactor<TV>
    where TSum : struct, IIntegerSum<TV>
{
    /// <summary>Two strips with one row of inputs.</summary>
    /// <returns>A and B: the halves of the first strip; C and D: those of the second.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> Pair(TileShape shape, TileStrip a, TileStrip b, TFactor factor, TV zero, StepPlanes inputs, int row)
    {
        var (lowA, highA, lowB, highB) = (default(TV), default(TV), default(TV), default(TV));
        for (var group = 0; group < shape.Groups; group++)
        {
            var (first, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1));
            IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.Sums(shape, a, b, first, last, factor, ref inputs.Plane(row, 0), out var sumA, out var sumB);
            if (inputs.Count == 2)
            {
                var halves = PairHalves(shape, a, b, first, last, factor, ref inputs.Plane(row, 1));
                (sumA, sumB) = (TLanes.Add32(sumA, halves.A), TLanes.Add32(sumB, halves.B));
            }

            var all = TLanes.Repeat(inputs.Sum(row, group));
            Add(ref lowA, ref highA, sumA, a.Scale<TLanes, TV>(group), a.Zero<TLanes, TV>(group, zero), all);
            Add(ref lowB, ref highB, sumB, b.Scale<TLanes, TV>(group), b.Zero<TLanes, TV>(group, zero), all);
        }

        return new Four<TV> { A = lowA, B = highA, C = lowB, D = highB };
    }

    /// <summary>One strip with four rows of inputs: codes are unpacked once for the four.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="a">The strip.</param>
    /// <param name="factor">What codes are multiplied as.</param>
    /// <param name="zero">The zero point of all rows, where they have none of their own.</param>
    /// <param name="inputs">Steps of the inputs.</param>
    /// <param name="row">The first row of inputs.</param>
    /// <param name="high">The upper halves, row after row.</param>
    /// <returns>The lower halves, row after row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Four<TV> FourRows(TileShape shape, TileStrip a, TFactor factor, TV zero, StepPlanes inputs, int row, out Four<TV> high)
    {
        var (low, upper, stride) = (default(Four<TV>), default(Four<TV>), (nint)inputs.RowLength);
        for (var group = 0; group < shape.Groups; group++)
        {
            var (first, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1));
            var sums = IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.RowSums(shape, a, first, last, factor, ref inputs.Plane(row, 0), stride);
            if (inputs.Count == 2)
            {
                var halves = RowHalves(shape, a, first, last, factor, ref inputs.Plane(row, 1), stride);
                sums.A = TLanes.Add32(sums.A, halves.A);
                sums.B = TLanes.Add32(sums.B, halves.B);
                sums.C = TLanes.Add32(sums.C, halves.C);
                sums.D = TLanes.Add32(sums.D, halves.D);
            }

            var (scale, own) = (a.Scale<TLanes, TV>(group), a.Zero<TLanes, TV>(group, zero));
            Add(ref low.A, ref upper.A, sums.A, scale, own, TLanes.Repeat(inputs.Sum(row, group)));
            Add(ref low.B, ref upper.B, sums.B, scale, own, TLanes.Repeat(inputs.Sum(row + 1, group)));
            Add(ref low.C, ref upper.C, sums.C, scale, own, TLanes.Repeat(inputs.Sum(row + 2, group)));
            Add(ref low.D, ref upper.D, sums.D, scale, own, TLanes.Repeat(inputs.Sum(row + 3, group)));
        }

        high = upper;
        return low;
    }

    /// <summary>Twice the sums of plane 1. Calls of their own: the compiler would stop to put operations into a kernel before its end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Four<TV> PairHalves(TileShape shape, TileStrip a, TileStrip b, int first, int last, TFactor factor, ref byte x)
    {
        IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.Sums(shape, a, b, first, last, factor, ref x, out var sumA, out var sumB);
        return new Four<TV> { A = TLanes.Add32(sumA, sumA), B = TLanes.Add32(sumB, sumB) };
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Four<TV> RowHalves(TileShape shape, TileStrip a, int first, int last, TFactor factor, ref byte x, nint stride)
    {
        var sums = IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.RowSums(shape, a, first, last, factor, ref x, stride);
        return new Four<TV> { A = TLanes.Add32(sums.A, sums.A), B = TLanes.Add32(sums.B, sums.B), C = TLanes.Add32(sums.C, sums.C), D = TLanes.Add32(sums.D, sums.D) };
    }

    /// <summary>totals += scale · (sum - zero · all).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref TV low, ref TV high, TV sum, TV scale, TV zero, TV all)
    {
        var lower = TLanes.SubtractDouble(TLanes.LowerToDouble(sum), TLanes.MultiplyDouble(TLanes.WidenLower(zero), all));
        var upper = TLanes.SubtractDouble(TLanes.UpperToDouble(sum), TLanes.MultiplyDouble(TLanes.WidenUpper(zero), all));
        low = TLanes.AddDouble(low, TLanes.MultiplyDouble(TLanes.WidenLower(scale), lower));
        high = TLanes.AddDouble(high, TLanes.MultiplyDouble(TLanes.WidenUpper(scale), upper));
    }
}
