using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// Products of signs with whole numbers by lookups (<see cref="WholeTables"/>): a vector of signs holds 16 rows by 8 columns in every 128 bits, each with tables of its own. Digits of
/// entries are added up in pairs, then in lanes of 16 bits, a row's neighbour in their upper half, and the neighbours once more alone; a run's sums are exact.
/// </summary>
internal static class WholePlaneKernel<TLanes, TV, TSize>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TSize : struct, IEntrySize
{
    /// <summary>y = Σ_p scale_p · Σ_runs step · Σ ± x for the 16 rows of a tile.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="tables">Tables of the inputs.</param>
    /// <param name="steps">What the entries of each run are counted in.</param>
    /// <param name="y">Room for 16 results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(PlaneWeight weight, int tile, ReadOnlySpan<byte> tables, ReadOnlySpan<float> steps, Span<float> y)
    {
        var (shape, planes, index, total) = (weight.Shape, weight.Planes, 0, default(Four<Vector128<float>>));
        ref var signs = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight.Signs), (nint)tile * shape.TileBytes);
        ref var scales = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight.Scales), (nint)tile * shape.Groups * planes * TileShape.TileRows);
        for (var group = 0; group < shape.Groups; group++)
        {
            for (var (run, last) = (shape.FirstBlock(group), shape.FirstBlock(group + 1)); run < last; run += PlaneWeight.RunBlocks, index++)
            {
                var bytes = Math.Min(PlaneWeight.RunBlocks, last - run) * TileShape.WordBytes;
                ref var table = ref Unsafe.Add(ref MemoryMarshal.GetReference(tables), (nint)run * 2 * WholeTables.PlaneBytes * TSize.Bytes);
                for (var plane = 0; plane < planes; plane++)
                {
                    Run(ref Unsafe.Add(ref signs, (nint)weight.RunStart(run) + (plane * bytes)), bytes, ref table, out var all, out var odd);
                    PlaneSums<TSize>.AddTo(ref total, all, odd, ref Unsafe.Add(ref scales, (nint)((group * planes) + plane) * TileShape.TileRows), steps[index], bytes / TileShape.Quad / 2);
                }
            }
        }

        total.A.CopyTo(y);
        total.B.CopyTo(y[4..]);
        total.C.CopyTo(y[8..]);
        total.D.CopyTo(y[12..]);
    }

    /// <summary>Sums of the bytes of entries over the blocks of a run, for one plane.</summary>
    /// <param name="signs">The signs.</param>
    /// <param name="bytes">How many bytes they take.</param>
    /// <param name="tables">Tables of the inputs of the run.</param>
    /// <param name="all">For each byte of entries: that of an even row, plus 256 times that of its neighbour, modulo 2^16.</param>
    /// <param name="odd">Those of odd rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(ref byte signs, int bytes, ref byte tables, out Four<Vector128<ushort>> all, out Four<Vector128<ushort>> odd)
    {
        var (a, b, c, d) = (default(TV), default(TV), default(TV), default(TV));
        var (e, f, g, h) = (default(TV), default(TV), default(TV), default(TV));
        var nibble = TLanes.Repeat(0x0F0F0F0F);
        for (nint at = 0; at < bytes; at += Unsafe.SizeOf<TV>())
        {
            var index = TLanes.Load(ref Unsafe.Add(ref signs, at));
            ref var entries = ref Unsafe.Add(ref tables, (at / TileShape.WordBytes * 2 * WholeTables.PlaneBytes * TSize.Bytes) + (at % TileShape.WordBytes));
            var (low, high) = (TLanes.And(index, nibble), TLanes.And(TLanes.ShiftRight16(index, 4), nibble));
            Add(ref a, ref e, ref entries, low, high, 0);
            if (TSize.Bytes > 1)
            {
                Add(ref b, ref f, ref entries, low, high, 1);
            }

            if (TSize.Bytes > 2)
            {
                Add(ref c, ref g, ref entries, low, high, 2);
                Add(ref d, ref h, ref entries, low, high, 3);
            }
        }

        all = new Four<Vector128<ushort>> { A = TLanes.Fold16(a), B = TLanes.Fold16(b), C = TLanes.Fold16(c), D = TLanes.Fold16(d) };
        odd = new Four<Vector128<ushort>> { A = TLanes.Fold16(e), B = TLanes.Fold16(f), C = TLanes.Fold16(g), D = TLanes.Fold16(h) };
    }

    /// <summary>Looks up one byte of the entries of each row, for both halves of 8 inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref TV all, ref TV odd, ref byte entries, TV low, TV high, int part)
    {
        var first = TLanes.Lookup(TLanes.Load(ref Unsafe.Add(ref entries, part * WholeTables.PlaneBytes)), low);
        var second = TLanes.Lookup(TLanes.Load(ref Unsafe.Add(ref entries, (TSize.Bytes + part) * WholeTables.PlaneBytes)), high);
        var both = TLanes.Add8(first, second);
        all = TLanes.Add16(all, both);
        odd = TLanes.Add16(odd, TLanes.ShiftRight16(both, 8));
    }
}
