using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// Products with compressed rows, for columns of either width. Four sums run side by side: one alone would wait for each addition
/// to end before the next. Columns were checked to lie inside the row of x when the matrix was made, and are not checked again.
/// </summary>
internal static class SparseProduct
{
    private const int Sums = 4;

    public static void Multiply<TColumn>(
        ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ReadOnlySpan<int> starts, int width, ReadOnlySpan<float> x, Span<float> y, int batch)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var (lanes, rows, first) = (Vector<float>.Count, starts.Length - 1, 0);
        if (batch >= lanes)
        {
            var buffer = ArrayPool<float>.Shared.Rent(width * lanes);
            for (; first + lanes <= batch; first += lanes)
            {
                Interleave(x.Slice(first * width, width * lanes), width, buffer);
                MultiplyLanes(values, columns, starts, MemoryMarshal.Cast<float, Vector<float>>(buffer.AsSpan(0, width * lanes)), y.Slice(first * rows, rows * lanes));
            }

            ArrayPool<float>.Shared.Return(buffer);
        }

        for (; first < batch; first++)
        {
            MultiplyOne(values, columns, starts, x.Slice(first * width, width), y.Slice(first * rows, rows));
        }
    }

    /// <summary>A column of several samples side by side, so that one number of the matrix meets a whole vector.</summary>
    private static void Interleave(ReadOnlySpan<float> x, int width, Span<float> buffer)
    {
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            var row = x.Slice(lane * width, width);
            for (var column = 0; column < row.Length; column++)
            {
                buffer[(column * Vector<float>.Count) + lane] = row[column];
            }
        }
    }

    private static void MultiplyLanes<TColumn>(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ReadOnlySpan<int> starts, ReadOnlySpan<Vector<float>> x, Span<float> y)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var rows = starts.Length - 1;
        for (var row = 0; row < rows; row++)
        {
            var sum = DotLanes(values[starts[row]..starts[row + 1]], columns[starts[row]..starts[row + 1]], ref MemoryMarshal.GetReference(x));
            for (var lane = 0; lane < Vector<float>.Count; lane++)
            {
                y[(lane * rows) + row] = sum[lane];
            }
        }
    }

    private static Vector<float> DotLanes<TColumn>(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ref Vector<float> x)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var k = 0;
        for (; k + Sums <= values.Length; k += Sums)
        {
            a += At(ref x, columns[k]) * values[k];
            b += At(ref x, columns[k + 1]) * values[k + 1];
            c += At(ref x, columns[k + 2]) * values[k + 2];
            d += At(ref x, columns[k + 3]) * values[k + 3];
        }

        for (; k < values.Length; k++)
        {
            a += At(ref x, columns[k]) * values[k];
        }

        return a + b + (c + d);
    }

    private static void MultiplyOne<TColumn>(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ReadOnlySpan<int> starts, ReadOnlySpan<float> x, Span<float> y)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        for (var row = 0; row < y.Length; row++)
        {
            y[row] = Dot(values[starts[row]..starts[row + 1]], columns[starts[row]..starts[row + 1]], ref MemoryMarshal.GetReference(x));
        }
    }

    private static float Dot<TColumn>(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ref float x)
        where TColumn : struct, IBinaryInteger<TColumn>
    {
        var (a, b, c, d) = (0f, 0f, 0f, 0f);
        var k = 0;
        for (; k + Sums <= values.Length; k += Sums)
        {
            a += At(ref x, columns[k]) * values[k];
            b += At(ref x, columns[k + 1]) * values[k + 1];
            c += At(ref x, columns[k + 2]) * values[k + 2];
            d += At(ref x, columns[k + 3]) * values[k + 3];
        }

        for (; k < values.Length; k++)
        {
            a += At(ref x, columns[k]) * values[k];
        }

        return a + b + (c + d);
    }

    private static TValue At<TValue, TColumn>(ref TValue x, TColumn column)
        where TColumn : struct, IBinaryInteger<TColumn> => Unsafe.Add(ref x, int.CreateTruncating(column));
}
