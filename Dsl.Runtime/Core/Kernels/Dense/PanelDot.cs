using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// One row times the panels of a packed weight. Four panels at once read four streams of memory, which hides more of its latency than one does, and
/// load an input once for all of them.
/// </summary>
internal static unsafe class PanelDot<TSimd, TVector, TStorage>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TStorage : struct, IPanelStorage
{
    /// <summary>Panels of <see cref="Four"/>.</summary>
    public const int Many = 4;

    /// <summary>y = x · four panels.</summary>
    /// <param name="x">The row.</param>
    /// <param name="panels">The first panel.</param>
    /// <param name="stride">From one panel to the next.</param>
    /// <param name="inputs">Length of the row.</param>
    /// <param name="y">Room for the outputs of four panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(float* x, float* panels, nint stride, int inputs, float* y)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default;
        TVector c0 = default, c1 = default, d0 = default, d1 = default;
        var (width, length) = (2 * TSimd.Count, TStorage.RowLength(2 * TSimd.Count));
        for (; inputs > 0; inputs--, x++, panels += length)
        {
            var factor = TSimd.Broadcast(*x);
            var row = panels;
            TStorage.Read<TSimd, TVector>(row, out var left, out var right);
            a0 = TSimd.MultiplyAdd(factor, left, a0);
            a1 = TSimd.MultiplyAdd(factor, right, a1);
            row += stride;
            TStorage.Read<TSimd, TVector>(row, out left, out right);
            b0 = TSimd.MultiplyAdd(factor, left, b0);
            b1 = TSimd.MultiplyAdd(factor, right, b1);
            row += stride;
            TStorage.Read<TSimd, TVector>(row, out left, out right);
            c0 = TSimd.MultiplyAdd(factor, left, c0);
            c1 = TSimd.MultiplyAdd(factor, right, c1);
            row += stride;
            TStorage.Read<TSimd, TVector>(row, out left, out right);
            d0 = TSimd.MultiplyAdd(factor, left, d0);
            d1 = TSimd.MultiplyAdd(factor, right, d1);
        }

        Write(y, a0, a1);
        Write(y + width, b0, b1);
        Write(y + (2 * width), c0, c1);
        Write(y + (3 * width), d0, d1);
    }

    /// <summary>y = x · one panel: four steps at a time, since two sums alone would wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(float* x, float* panel, int inputs, float* y)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default;
        TVector c0 = default, c1 = default, d0 = default, d1 = default;
        var length = TStorage.RowLength(2 * TSimd.Count);
        for (; inputs >= 4; inputs -= 4, x += 4, panel += 4 * length)
        {
            var factor = TSimd.Broadcast(x[0]);
            TStorage.Read<TSimd, TVector>(panel, out var left, out var right);
            a0 = TSimd.MultiplyAdd(factor, left, a0);
            a1 = TSimd.MultiplyAdd(factor, right, a1);
            factor = TSimd.Broadcast(x[1]);
            TStorage.Read<TSimd, TVector>(panel + length, out left, out right);
            b0 = TSimd.MultiplyAdd(factor, left, b0);
            b1 = TSimd.MultiplyAdd(factor, right, b1);
            factor = TSimd.Broadcast(x[2]);
            TStorage.Read<TSimd, TVector>(panel + (2 * length), out left, out right);
            c0 = TSimd.MultiplyAdd(factor, left, c0);
            c1 = TSimd.MultiplyAdd(factor, right, c1);
            factor = TSimd.Broadcast(x[3]);
            TStorage.Read<TSimd, TVector>(panel + (3 * length), out left, out right);
            d0 = TSimd.MultiplyAdd(factor, left, d0);
            d1 = TSimd.MultiplyAdd(factor, right, d1);
        }

        for (; inputs > 0; inputs--, x++, panel += length)
        {
            var factor = TSimd.Broadcast(*x);
            TStorage.Read<TSimd, TVector>(panel, out var left, out var right);
            a0 = TSimd.MultiplyAdd(factor, left, a0);
            a1 = TSimd.MultiplyAdd(factor, right, a1);
        }

        Write(y, TSimd.Add(TSimd.Add(a0, b0), TSimd.Add(c0, d0)), TSimd.Add(TSimd.Add(a1, b1), TSimd.Add(c1, d1)));
    }

    private static void Write(float* y, TVector left, TVector right)
    {
        TSimd.Store(y, left);
        TSimd.Store(y + TSimd.Count, right);
    }
}
