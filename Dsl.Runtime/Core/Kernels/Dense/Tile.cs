using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// The innermost products: a few rows of a left factor times two vectors' width of a right factor, with every sum in a register. Six rows by two vectors keep
/// twelve sums: enough to hide the latency of a fused multiply-add, and with their operands no more than the 16 registers of AVX2
/// (Goto and van de Geijn 2008; Van Zee and van de Geijn 2015).
/// </summary>
internal static unsafe class Tile<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Columns of a tile.</summary>
    public static int Width => 2 * TSimd.Count;

    /// <summary>c[r,·] = (add ? c[r,·] : 0) + Σ_k a[r,k] · b_k[·] for 6, 4, 2 or 1 rows.</summary>
    /// <param name="rows">As <see cref="TileRows.Of"/> says.</param>
    /// <param name="a">The left factor.</param>
    /// <param name="b">The rows of the right factor.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="c">The result.</param>
    /// <param name="cStride">From one of its rows to the next.</param>
    /// <param name="add">Whether it is added to.</param>
    public static void Multiply<TFactors, TPlaces>(int rows, TFactors a, TPlaces b, int count, float* c, nint cStride, bool add)
        where TFactors : struct, IFactors
        where TPlaces : struct, IPlaces
    {
        switch (rows)
        {
            case 6:
                Six(a, b, count, c, cStride, add);
                break;
            case 4:
                Four(a, b, count, c, cStride, add);
                break;
            case 2:
                Two(a, b, count, c, cStride, add);
                break;
            default:
                One(a, b, count, c, add);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<TFactors, TPlaces>(TFactors a, TPlaces b, int count, float* c, nint cStride, bool add)
        where TFactors : struct, IFactors
        where TPlaces : struct, IPlaces
    {
        TVector l0 = default, l1 = default, l2 = default, l3 = default, l4 = default, l5 = default;
        TVector r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default;
        if (add)
        {
            Read(c, out l0, out r0);
            Read(c + cStride, out l1, out r1);
            Read(c + (2 * cStride), out l2, out r2);
            Read(c + (3 * cStride), out l3, out r3);
            Read(c + (4 * cStride), out l4, out r4);
            Read(c + (5 * cStride), out l5, out r5);
        }

        for (; count > 0; count--)
        {
            var row = b.Next();
            var (left, right) = (TSimd.Load(row), TSimd.Load(row + TSimd.Count));
            var factor = TSimd.Broadcast(a.At(0));
            l0 = TSimd.MultiplyAdd(factor, left, l0);
            r0 = TSimd.MultiplyAdd(factor, right, r0);
            factor = TSimd.Broadcast(a.At(1));
            l1 = TSimd.MultiplyAdd(factor, left, l1);
            r1 = TSimd.MultiplyAdd(factor, right, r1);
            factor = TSimd.Broadcast(a.At(2));
            l2 = TSimd.MultiplyAdd(factor, left, l2);
            r2 = TSimd.MultiplyAdd(factor, right, r2);
            factor = TSimd.Broadcast(a.At(3));
            l3 = TSimd.MultiplyAdd(factor, left, l3);
            r3 = TSimd.MultiplyAdd(factor, right, r3);
            factor = TSimd.Broadcast(a.At(4));
            l4 = TSimd.MultiplyAdd(factor, left, l4);
            r4 = TSimd.MultiplyAdd(factor, right, r4);
            factor = TSimd.Broadcast(a.At(5));
            l5 = TSimd.MultiplyAdd(factor, left, l5);
            r5 = TSimd.MultiplyAdd(factor, right, r5);
            a.Next(6);
        }

        Write(c, l0, r0);
        Write(c + cStride, l1, r1);
        Write(c + (2 * cStride), l2, r2);
        Write(c + (3 * cStride), l3, r3);
        Write(c + (4 * cStride), l4, r4);
        Write(c + (5 * cStride), l5, r5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TFactors, TPlaces>(TFactors a, TPlaces b, int count, float* c, nint cStride, bool add)
        where TFactors : struct, IFactors
        where TPlaces : struct, IPlaces
    {
        TVector l0 = default, l1 = default, l2 = default, l3 = default;
        TVector r0 = default, r1 = default, r2 = default, r3 = default;
        if (add)
        {
            Read(c, out l0, out r0);
            Read(c + cStride, out l1, out r1);
            Read(c + (2 * cStride), out l2, out r2);
            Read(c + (3 * cStride), out l3, out r3);
        }

        for (; count > 0; count--)
        {
            var row = b.Next();
            var (left, right) = (TSimd.Load(row), TSimd.Load(row + TSimd.Count));
            var factor = TSimd.Broadcast(a.At(0));
            l0 = TSimd.MultiplyAdd(factor, left, l0);
            r0 = TSimd.MultiplyAdd(factor, right, r0);
            factor = TSimd.Broadcast(a.At(1));
            l1 = TSimd.MultiplyAdd(factor, left, l1);
            r1 = TSimd.MultiplyAdd(factor, right, r1);
            factor = TSimd.Broadcast(a.At(2));
            l2 = TSimd.MultiplyAdd(factor, left, l2);
            r2 = TSimd.MultiplyAdd(factor, right, r2);
            factor = TSimd.Broadcast(a.At(3));
            l3 = TSimd.MultiplyAdd(factor, left, l3);
            r3 = TSimd.MultiplyAdd(factor, right, r3);
            a.Next(4);
        }

        Write(c, l0, r0);
        Write(c + cStride, l1, r1);
        Write(c + (2 * cStride), l2, r2);
        Write(c + (3 * cStride), l3, r3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TFactors, TPlaces>(TFactors a, TPlaces b, int count, float* c, nint cStride, bool add)
        where TFactors : struct, IFactors
        where TPlaces : struct, IPlaces
    {
        TVector l0 = default, l1 = default;
        TVector r0 = default, r1 = default;
        if (add)
        {
            Read(c, out l0, out r0);
            Read(c + cStride, out l1, out r1);
        }

        for (; count > 0; count--)
        {
            var row = b.Next();
            var (left, right) = (TSimd.Load(row), TSimd.Load(row + TSimd.Count));
            var factor = TSimd.Broadcast(a.At(0));
            l0 = TSimd.MultiplyAdd(factor, left, l0);
            r0 = TSimd.MultiplyAdd(factor, right, r0);
            factor = TSimd.Broadcast(a.At(1));
            l1 = TSimd.MultiplyAdd(factor, left, l1);
            r1 = TSimd.MultiplyAdd(factor, right, r1);
            a.Next(2);
        }

        Write(c, l0, r0);
        Write(c + cStride, l1, r1);
    }

    /// <summary>Four steps at a time: two sums alone would wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TFactors, TPlaces>(TFactors a, TPlaces b, int count, float* c, bool add)
        where TFactors : struct, IFactors
        where TPlaces : struct, IPlaces
    {
        TVector l0 = default, l1 = default, l2 = default, l3 = default;
        TVector r0 = default, r1 = default, r2 = default, r3 = default;
        if (add)
        {
            Read(c, out l0, out r0);
        }

        for (; count >= 4; count -= 4)
        {
            var factor = TSimd.Broadcast(a.At(0));
            var row = b.Next();
            l0 = TSimd.MultiplyAdd(factor, TSimd.Load(row), l0);
            r0 = TSimd.MultiplyAdd(factor, TSimd.Load(row + TSimd.Count), r0);
            a.Next(1);
            factor = TSimd.Broadcast(a.At(0));
            row = b.Next();
            l1 = TSimd.MultiplyAdd(factor, TSimd.Load(row), l1);
            r1 = TSimd.MultiplyAdd(factor, TSimd.Load(row + TSimd.Count), r1);
            a.Next(1);
            factor = TSimd.Broadcast(a.At(0));
            row = b.Next();
            l2 = TSimd.MultiplyAdd(factor, TSimd.Load(row), l2);
            r2 = TSimd.MultiplyAdd(factor, TSimd.Load(row + TSimd.Count), r2);
            a.Next(1);
            factor = TSimd.Broadcast(a.At(0));
            row = b.Next();
            l3 = TSimd.MultiplyAdd(factor, TSimd.Load(row), l3);
            r3 = TSimd.MultiplyAdd(factor, TSimd.Load(row + TSimd.Count), r3);
            a.Next(1);
        }

        for (; count > 0; count--)
        {
            var factor = TSimd.Broadcast(a.At(0));
            var row = b.Next();
            l0 = TSimd.MultiplyAdd(factor, TSimd.Load(row), l0);
            r0 = TSimd.MultiplyAdd(factor, TSimd.Load(row + TSimd.Count), r0);
            a.Next(1);
        }

        Write(c, TSimd.Add(TSimd.Add(l0, l1), TSimd.Add(l2, l3)), TSimd.Add(TSimd.Add(r0, r1), TSimd.Add(r2, r3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(float* c, out TVector left, out TVector right) => (left, right) = (TSimd.Load(c), TSimd.Load(c + TSimd.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(float* c, TVector left, TVector right)
    {
        TSimd.Store(c, left);
        TSimd.Store(c + TSimd.Count, right);
    }
}
