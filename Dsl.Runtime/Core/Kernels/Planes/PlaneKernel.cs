using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Products of signs with inputs by lookups: a vector of signs holds 16 rows by 8 columns in every 128 bits, each with tables of its own.</summary>
internal static class PlaneKernel<TLanes, TV>
    where TLanes : struct, ILanes<TV>
    where TV : struct
{
    /// <summary>y = Σ_p scale_p · Σ ± x for the 16 rows of a tile.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="tables">Tables of the inputs (<see cref="PlaneTables"/>).</param>
    /// <param name="y">Room for 16 results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(PlaneWeight weight, int tile, ReadOnlySpan<byte> tables, Span<float> y)
    {
        var (shape, planes, groups) = (weight.Shape, weight.Planes, weight.Shape.Groups);
        ref var signs = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight.Signs), (nint)tile * shape.TileBytes);
        ref var table = ref MemoryMarshal.GetReference(tables);
        ref var scales = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight.Scales), (nint)tile * groups * planes * TileShape.TileRows);
        var total = default(Four<TV>);
        for (var group = 0; group < groups; group++)
        {
            for (var (run, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); run < last; run += PlaneWeight.RunBlocks)
            {
                var bytes = Math.Min(PlaneWeight.RunBlocks, last - run) * TileShape.WordBytes;
                for (var plane = 0; plane < planes; plane++)
                {
                    ref var from = ref Unsafe.Add(ref signs, (nint)weight.RunStart(run) + (plane * bytes));
                    ref var scale = ref Unsafe.Add(ref scales, (nint)((group * planes) + plane) * TileShape.TileRows);
                    var sums = Run(ref from, bytes, ref Unsafe.Add(ref table, (nint)run * PlaneTables.BlockBytes));
                    total.A = Scaled(total.A, sums.A, ref scale, 0);
                    total.B = Scaled(total.B, sums.B, ref scale, 4);
                    total.C = Scaled(total.C, sums.C, ref scale, 8);
                    total.D = Scaled(total.D, sums.D, ref scale, 12);
                }
            }
        }

        TLanes.FoldFloat(total.A).CopyTo(y);
        TLanes.FoldFloat(total.B).CopyTo(y[4..]);
        TLanes.FoldFloat(total.C).CopyTo(y[8..]);
        TLanes.FoldFloat(total.D).CopyTo(y[12..]);
    }

    /// <summary>Σ ± x over the blocks of a run, for one plane: rows 0 to 3 in A and so on, in parts that are folded at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four<TV> Run(ref byte signs, int bytes, ref byte tables)
    {
        var (sums, nibble) = (default(Four<TV>), TLanes.Repeat(0x0F0F0F0F));
        for (nint at = 0; at < bytes; at += Unsafe.SizeOf<TV>())
        {
            var index = TLanes.Load(ref Unsafe.Add(ref signs, at));
            ref var entries = ref Unsafe.Add(ref tables, (at / TileShape.WordBytes * PlaneTables.BlockBytes) + (at % TileShape.WordBytes));
            Add(ref sums, ref entries, TLanes.And(index, nibble));
            Add(ref sums, ref Unsafe.Add(ref entries, PlaneTables.HalfBytes), TLanes.And(TLanes.ShiftRight16(index, 4), nibble));
        }

        return sums;
    }

    /// <summary>Looks up the four bytes of the entry of each row, and puts them together: rows 0 to 3 of every 128 bits in A, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Four<TV> sums, ref byte entries, TV index)
    {
        var a = TLanes.Lookup(TLanes.Load(ref entries), index);
        var b = TLanes.Lookup(TLanes.Load(ref Unsafe.Add(ref entries, PlaneTables.PlaneBytes)), index);
        var c = TLanes.Lookup(TLanes.Load(ref Unsafe.Add(ref entries, 2 * PlaneTables.PlaneBytes)), index);
        var d = TLanes.Lookup(TLanes.Load(ref Unsafe.Add(ref entries, 3 * PlaneTables.PlaneBytes)), index);
        var (low, high) = (TLanes.InterleaveLow8(a, b), TLanes.InterleaveLow8(c, d));
        sums.A = TLanes.AddFloat(sums.A, TLanes.InterleaveLow16(low, high));
        sums.B = TLanes.AddFloat(sums.B, TLanes.InterleaveHigh16(low, high));
        (low, high) = (TLanes.InterleaveHigh8(a, b), TLanes.InterleaveHigh8(c, d));
        sums.C = TLanes.AddFloat(sums.C, TLanes.InterleaveLow16(low, high));
        sums.D = TLanes.AddFloat(sums.D, TLanes.InterleaveHigh16(low, high));
    }

    /// <summary>total + sum · scale, with the scales of four rows in every 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Scaled(TV total, TV sum, ref float scale, nint first) =>
        TLanes.MultiplyAddFloat(sum, TLanes.Repeat(Vector128.LoadUnsafe(ref scale, (nuint)first).AsByte()), total);
}
