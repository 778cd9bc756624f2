using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Whole matrices, by one group of threads.</summary>
internal static class MatrixKernels
{
    /// <summary>The inverse by Gauss and Jordan's elimination, the largest number of a column as its pivot. A matrix without an inverse gives NaN or infinity.</summary>
    /// <param name="source">(n, n).</param>
    /// <param name="inverse">(n, n).</param>
    /// <param name="work">(n, n).</param>
    /// <param name="n">Rows and columns.</param>
    public static void Invert(ArrayView<float> source, ArrayView<float> inverse, ArrayView<float> work, int n)
    {
        var values = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var rows = SharedMemory.Allocate<int>(DeviceReduce.MostThreads);
        for (var row = 0; row < n; row++)
        {
            for (var column = Group.IdxX; column < n; column += Group.DimX)
            {
                work[(row * n) + column] = source[(row * n) + column];
                inverse[(row * n) + column] = row == column ? 1f : 0f;
            }
        }

        Group.Barrier();
        for (var step = 0; step < n; step++)
        {
            var pivot = Pivot(work, step, n, values, rows);
            var factor = 1f / work[(pivot * n) + step];
            Group.Barrier();
            for (var column = Group.IdxX; column < n; column += Group.DimX)
            {
                Exchange(work, step, pivot, column, n, factor);
                Exchange(inverse, step, pivot, column, n, factor);
            }

            Group.Barrier();
            Eliminate(work, inverse, step, n);
            Group.Barrier();
        }
    }

    /// <summary>The row of the largest number of a column, from the diagonal on; of equal ones the first.</summary>
    private static int Pivot(ArrayView<float> work, int step, int n, ArrayView<float> values, ArrayView<int> rows)
    {
        var (largest, best) = (-1f, step);
        for (var row = step + Group.IdxX; row < n; row += Group.DimX)
        {
            var magnitude = DeviceMath.Abs(work[(row * n) + step]);
            (largest, best) = magnitude > largest ? (magnitude, row) : (largest, best);
        }

        values[Group.IdxX] = largest;
        rows[Group.IdxX] = best;
        for (var half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (Group.IdxX < half)
            {
                var (other, mine) = (values[Group.IdxX + half], values[Group.IdxX]);
                if (other > mine || (other == mine && rows[Group.IdxX + half] < rows[Group.IdxX]))
                {
                    values[Group.IdxX] = other;
                    rows[Group.IdxX] = rows[Group.IdxX + half];
                }
            }
        }

        Group.Barrier();
        return rows[0];
    }

    /// <summary>The pivot's row times a factor changes places with the row of the step.</summary>
    private static void Exchange(ArrayView<float> matrix, int step, int pivot, int column, int n, float factor)
    {
        var (upper, lower) = (matrix[(step * n) + column], matrix[(pivot * n) + column]);
        matrix[(pivot * n) + column] = upper;
        matrix[(step * n) + column] = lower * factor;
    }

    /// <summary>Takes the row of the step off all others. The columns up to that of the step are not read again, and stay.</summary>
    private static void Eliminate(ArrayView<float> work, ArrayView<float> inverse, int step, int n)
    {
        for (var row = 0; row < n; row++)
        {
            var factor = row == step ? 0f : work[(row * n) + step];
            for (var column = Group.IdxX; column < n; column += Group.DimX)
            {
                inverse[(row * n) + column] -= factor * inverse[(step * n) + column];
                if (column > step)
                {
                    work[(row * n) + column] -= factor * work[(step * n) + column];
                }
            }
        }
    }
}
