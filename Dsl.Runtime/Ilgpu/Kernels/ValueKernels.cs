using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Kernels with one value for each thread.</summary>
internal static class ValueKernels
{
    /// <summary>The vectors of a table that whole numbers name; a number without a vector gives NaN and is noted.</summary>
    /// <param name="place">The element of a vector and the number's place.</param>
    /// <param name="x">The numbers.</param>
    /// <param name="y">(numbers, dim).</param>
    /// <param name="table">(count, dim).</param>
    /// <param name="count">Vectors of the table.</param>
    /// <param name="dim">Values of a vector.</param>
    /// <param name="status">One more than the place of a number without a vector, and its bits; untouched if all have one.</param>
    public static void Embed(Index2D place, ArrayView<float> x, ArrayView<float> y, ArrayView<float> table, int count, int dim, ArrayView<int> status)
    {
        var number = x[place.Y];
        var isInside = number >= 0 && number < count && number == MathF.Floor(number);
        if (!isInside)
        {
            status[0] = place.Y + 1;
            status[1] = (int)Interop.FloatAsInt(number);
        }

        y[(place.Y * dim) + place.X] = isInside ? table[((int)number * dim) + place.X] : float.NaN;
    }

    /// <summary>x on a grid: scale · (clip(round(x / scale) + zero point) − zero point). A value that is not finite gives NaN and is noted.</summary>
    /// <param name="place">The value.</param>
    /// <param name="x">The values.</param>
    /// <param name="y">The rounded values.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="status">One more than the place of a value that is not finite, and its bits; untouched if all are.</param>
    public static void Round(Index1D place, ArrayView<float> x, ArrayView<float> y, RoundingGrid grid, ArrayView<int> status)
    {
        var value = x[place];
        var isFinite = value - value == 0;
        if (!isFinite)
        {
            status[0] = place + 1;
            status[1] = (int)Interop.FloatAsInt(value);
        }

        y[place] = isFinite ? grid.Scale * grid.Steps(value) : float.NaN;
    }

    /// <summary>Rows, each followed by a 1.</summary>
    /// <param name="place">The element of a row of the result, and the row.</param>
    /// <param name="x">(rows, dim).</param>
    /// <param name="y">(rows, dim + 1).</param>
    /// <param name="dim">Values of a row.</param>
    public static void FollowByOne(Index2D place, ArrayView<float> x, ArrayView<float> y, int dim) =>
        y[(place.Y * (dim + 1)) + place.X] = place.X < dim ? x[(place.Y * dim) + place.X] : 1;

    /// <summary>A function of every value.</summary>
    public static void Activate(Index1D place, ArrayView<float> x, ArrayView<float> y, int activation)
    {
        var value = x[place];
        y[place] = DeviceMath.Apply(activation, value);
    }
}

/// <summary>A grid that inputs are rounded to.</summary>
/// <param name="Scale">The step.</param>
/// <param name="ZeroPoint">The code of 0.</param>
/// <param name="Lowest">The least code.</param>
/// <param name="Highest">The largest code.</param>
internal readonly record struct RoundingGrid(float Scale, float ZeroPoint, float Lowest, float Highest)
{
    /// <summary>The code of a value less the zero point.</summary>
    public float Steps(float value)
    {
        var code = DeviceMath.Round(value / Scale) + ZeroPoint;
        code = code < Lowest ? Lowest : code > Highest ? Highest : code;
        return code - ZeroPoint;
    }
}
