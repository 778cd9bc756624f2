using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>What one thread does between the sums of a fit of binary planes, on the few numbers of its set: as <see cref="BinaryCoding"/>, in shared memory.</summary>
internal static class PlaneSolver
{
    /// <summary>A pivot below this share of the diagonal means that two planes are equal: scales stay as they are.</summary>
    private const double LeastPivot = 1e-9;

    private const int Terms = 3;

    private const int Columns = PlaneKernels.MostPlanes + 1;

    /// <summary>Scales of least squares by Gauss and Jordan; false where they stay as they are.</summary>
    /// <param name="sums">Of products of planes 01, 02, 03, 12, 13, 23, and of each plane with the weights.</param>
    /// <param name="system">Memory of the equations.</param>
    /// <param name="scales">The scales.</param>
    /// <param name="shape">The sizes.</param>
    public static bool Solve(ArrayView<double> sums, ArrayView<double> system, ArrayView<double> scales, PlaneShape shape)
    {
        for (var row = 0; row < shape.Planes; row++)
        {
            for (var column = 0; column < shape.Planes; column++)
            {
                var (low, high) = row < column ? (row, column) : (column, row);
                system[(row * Columns) + column] = row == column ? shape.Size : sums[low == 0 ? high - 1 : low + high];
            }

            system[(row * Columns) + shape.Planes] = sums[6 + row];
        }

        for (var pivot = 0; pivot < shape.Planes; pivot++)
        {
            if (system[(pivot * Columns) + pivot] <= shape.Size * LeastPivot)
            {
                return false;
            }

            for (var row = 0; row < shape.Planes; row++)
            {
                var factor = row == pivot ? 0 : system[(row * Columns) + pivot] / system[(pivot * Columns) + pivot];
                for (var column = pivot; column <= shape.Planes; column++)
                {
                    system[(row * Columns) + column] -= factor * system[(pivot * Columns) + column];
                }
            }
        }

        return Take(system, scales, shape);
    }

    /// <summary>The scales as they may be, largest first.</summary>
    public static void Round(ArrayView<double> scales, PlaneShape shape)
    {
        for (var plane = 0; plane < shape.Planes; plane++)
        {
            scales[plane] = Allowed(scales[plane], shape.Scales);
        }

        for (var end = shape.Planes - 1; end > 0; end--)
        {
            for (var k = 0; k < end; k++)
            {
                if (scales[k] < scales[k + 1])
                {
                    (scales[k], scales[k + 1]) = (scales[k + 1], scales[k]);
                }
            }
        }
    }

    /// <summary>The codes in the order of their sums, equal sums by code, and the middles between them.</summary>
    public static void Order(ArrayView<double> scales, ArrayView<double> cuts, ArrayView<int> codes, int planes)
    {
        var count = 1 << planes;
        for (var code = 0; code < count; code++)
        {
            var level = Level(scales, code, planes);
            var place = code;
            while (place > 0 && Level(scales, codes[place - 1], planes) > level)
            {
                codes[place] = codes[place - 1];
                place--;
            }

            codes[place] = code;
        }

        for (var k = 0; k < count - 1; k++)
        {
            cuts[k] = (Level(scales, codes[k], planes) + Level(scales, codes[k + 1], planes)) / 2;
        }
    }

    /// <summary>Takes over new scales; false where they are the old ones.</summary>
    private static bool Take(ArrayView<double> system, ArrayView<double> scales, PlaneShape shape)
    {
        // The old ones go to the column of sums, the new ones, a negative one as the opposite plane's, to their place.
        for (var plane = 0; plane < shape.Planes; plane++)
        {
            var solved = system[(plane * Columns) + shape.Planes] / system[(plane * Columns) + plane];
            system[(plane * Columns) + shape.Planes] = scales[plane];
            scales[plane] = solved < 0 ? -solved : solved;
        }

        Round(scales, shape);
        var moved = 0;
        for (var plane = 0; plane < shape.Planes; plane++)
        {
            moved += scales[plane] == system[(plane * Columns) + shape.Planes] ? 0 : 1;
        }

        return moved > 0;
    }

    private static double Level(ArrayView<double> scales, int code, int planes)
    {
        var sum = 0.0;
        for (var plane = 0; plane < planes; plane++)
        {
            sum += ((code >> plane) & 1) == 1 ? scales[plane] : -scales[plane];
        }

        return sum;
    }

    private static double Allowed(double scale, int scales)
    {
        if (scales == (int)BinaryScales.Float)
        {
            return scale;
        }

        var sum = 0.0;
        for (var k = 0; k < (scales == (int)BinaryScales.PowerOfTwo ? 1 : Terms); k++)
        {
            sum += PowerOfTwo(scale - sum);
        }

        return sum;
    }

    /// <summary>The nearest power of two by its exponent, with a sign; 0 stays. Its exponent is one more above √2.</summary>
    private static double PowerOfTwo(double value)
    {
        const ulong SignAndExponent = 0xFFF0000000000000;
        const ulong OfRootOfTwo = 0x6A09E667F3BCD; // the digits of √2 behind the point
        var bits = Interop.FloatAsInt(value);
        var next = (bits & ~SignAndExponent) >= OfRootOfTwo ? 1UL << 52 : 0UL;
        return value == 0 ? 0 : Interop.IntAsFloat((bits & SignAndExponent) + next);
    }
}
