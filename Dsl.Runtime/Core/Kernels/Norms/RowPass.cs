using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>Passes over a row in one vector width. Sums run four side by side, so that their rounding grows with a quarter of a lane's length and none waits for another.</summary>
internal static unsafe class RowPass<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Σ x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(float* x, int count)
    {
        TVector a = default, b = default, c = default, d = default;
        var width = TSimd.Count;
        for (; count >= 4 * width; count -= 4 * width, x += 4 * width)
        {
            a = TSimd.Add(a, TSimd.Load(x));
            b = TSimd.Add(b, TSimd.Load(x + width));
            c = TSimd.Add(c, TSimd.Load(x + (2 * width)));
            d = TSimd.Add(d, TSimd.Load(x + (3 * width)));
        }

        for (; count >= width; count -= width, x += width)
        {
            a = TSimd.Add(a, TSimd.Load(x));
        }

        var sum = TSimd.Sum(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)));
        for (; count > 0; count--)
        {
            sum += *x++;
        }

        return sum;
    }

    /// <summary>Σ (x + shift)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumOfSquares(float* x, float shift, int count)
    {
        TVector a = default, b = default, c = default, d = default;
        var (width, offset) = (TSimd.Count, TSimd.Broadcast(shift));
        for (; count >= 4 * width; count -= 4 * width, x += 4 * width)
        {
            a = AddSquare(x, offset, a);
            b = AddSquare(x + width, offset, b);
            c = AddSquare(x + (2 * width), offset, c);
            d = AddSquare(x + (3 * width), offset, d);
        }

        for (; count >= width; count -= width, x += width)
        {
            a = AddSquare(x, offset, a);
        }

        var sum = TSimd.Sum(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)));
        for (; count > 0; count--, x++)
        {
            sum += (*x + shift) * (*x + shift);
        }

        return sum;
    }

    /// <summary>y = (x + shift) · factor, times the weight and plus the bias where there are any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, float* y, int count, float shift, float factor, float* weight, float* bias)
    {
        var (width, offset, scale, k) = (TSimd.Count, TSimd.Broadcast(shift), TSimd.Broadcast(factor), 0);
        for (; k + width <= count; k += width)
        {
            var value = TSimd.Multiply(TSimd.Add(TSimd.Load(x + k), offset), scale);
            value = (weight is null, bias is null) switch
            {
                (true, true) => value,
                (true, false) => TSimd.Add(value, TSimd.Load(bias + k)),
                (false, true) => TSimd.Multiply(value, TSimd.Load(weight + k)),
                (false, false) => TSimd.MultiplyAdd(value, TSimd.Load(weight + k), TSimd.Load(bias + k)),
            };
            TSimd.Store(y + k, value);
        }

        for (; k < count; k++)
        {
            y[k] = ((x[k] + shift) * factor * (weight is null ? 1 : weight[k])) + (bias is null ? 0 : bias[k]);
        }
    }

    /// <summary>y = x · factor + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Affine(float* x, float* y, int count, float factor, float shift)
    {
        var (width, scale, offset, k) = (TSimd.Count, TSimd.Broadcast(factor), TSimd.Broadcast(shift), 0);
        for (; k + width <= count; k += width)
        {
            TSimd.Store(y + k, TSimd.MultiplyAdd(TSimd.Load(x + k), scale, offset));
        }

        for (; k < count; k++)
        {
            y[k] = (x[k] * factor) + shift;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddSquare(float* x, TVector offset, TVector sum)
    {
        var value = TSimd.Add(TSimd.Load(x), offset);
        return TSimd.MultiplyAdd(value, value, sum);
    }
}
