namespace LayerDsl;

/// <summary>
/// One row times the panels of a packed weight. Four panels at once read four streams of memory, which hides more of its latency than one does, and
/// load an input once for all of them.
/// </summary>
internal static unsafe class PanelDot<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Panels of <see cref="Four"/>.</summary>
    public const int Many = 4;

    /// <summary>y = x · four panels.</summary>
    /// <param name="x">The row.</param>
    /// <param name="panels">The first panel.</param>
    /// <param name="stride">From one panel to the next.</param>
    /// <param name="inputs">Length of the row.</param>
    /// <param name="y">Room for the outputs of four panels.</param>
    public static void Four(float* x, float* panels, nint stride, int inputs, float* y)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default;
        TVector c0 = default, c1 = default, d0 = default, d1 = default;
        var width = 2 * TSimd.Count;
        for (; inputs > 0; inputs--, x++, panels += width)
        {
            var factor = TSimd.Broadcast(*x);
            var second = panels + stride;
            var third = second + stride;
            var fourth = third + stride;
            a0 = TSimd.MultiplyAdd(factor, TSimd.Load(panels), a0);
            a1 = TSimd.MultiplyAdd(factor, TSimd.Load(panels + TSimd.Count), a1);
            b0 = TSimd.MultiplyAdd(factor, TSimd.Load(second), b0);
            b1 = TSimd.MultiplyAdd(factor, TSimd.Load(second + TSimd.Count), b1);
            c0 = TSimd.MultiplyAdd(factor, TSimd.Load(third), c0);
            c1 = TSimd.MultiplyAdd(factor, TSimd.Load(third + TSimd.Count), c1);
            d0 = TSimd.MultiplyAdd(factor, TSimd.Load(fourth), d0);
            d1 = TSimd.MultiplyAdd(factor, TSimd.Load(fourth + TSimd.Count), d1);
        }

        Write(y, a0, a1);
        Write(y + width, b0, b1);
        Write(y + (2 * width), c0, c1);
        Write(y + (3 * width), d0, d1);
    }

    /// <summary>y = x · one panel: four steps at a time, since two sums alone would wait for each other.</summary>
    public static void One(float* x, float* panel, int inputs, float* y)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default;
        TVector c0 = default, c1 = default, d0 = default, d1 = default;
        var width = 2 * TSimd.Count;
        for (; inputs >= 4; inputs -= 4, x += 4, panel += 4 * width)
        {
            var (second, third, fourth) = (width, 2 * width, 3 * width);
            var factor = TSimd.Broadcast(x[0]);
            a0 = TSimd.MultiplyAdd(factor, TSimd.Load(panel), a0);
            a1 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + TSimd.Count), a1);
            factor = TSimd.Broadcast(x[1]);
            b0 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + second), b0);
            b1 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + second + TSimd.Count), b1);
            factor = TSimd.Broadcast(x[2]);
            c0 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + third), c0);
            c1 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + third + TSimd.Count), c1);
            factor = TSimd.Broadcast(x[3]);
            d0 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + fourth), d0);
            d1 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + fourth + TSimd.Count), d1);
        }

        for (; inputs > 0; inputs--, x++, panel += width)
        {
            var factor = TSimd.Broadcast(*x);
            a0 = TSimd.MultiplyAdd(factor, TSimd.Load(panel), a0);
            a1 = TSimd.MultiplyAdd(factor, TSimd.Load(panel + TSimd.Count), a1);
        }

        Write(y, TSimd.Add(TSimd.Add(a0, b0), TSimd.Add(c0, d0)), TSimd.Add(TSimd.Add(a1, b1), TSimd.Add(c1, d1)));
    }

    private static void Write(float* y, TVector left, TVector right)
    {
        TSimd.Store(y, left);
        TSimd.Store(y + TSimd.Count, right);
    }
}
