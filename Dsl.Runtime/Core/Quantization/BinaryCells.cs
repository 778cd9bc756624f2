namespace LayerDsl;

/// <summary>
/// Sorted weights cut into one cell for each code, in the order of the codes' sums: a round of fitting then takes a search and a few sums for each
/// cell, whatever the number of weights.
/// </summary>
internal sealed class BinaryCells
{
    /// <summary>A pivot below this share of the diagonal means that two planes are equal: scales stay as they are.</summary>
    private const double LeastPivot = 1e-9;

    private readonly float[] sorted;
    private readonly int[] places;
    private readonly double[] sums; // of the weights before each
    private int[] codes = [0];
    private int[] ends; // of each cell

    private BinaryCells(ReadOnlySpan<float> weights)
    {
        sorted = weights.ToArray();
        places = [.. Enumerable.Range(0, weights.Length)];
        Array.Sort(sorted, places);
        sums = new double[sorted.Length + 1];
        for (var k = 0; k < sorted.Length; k++)
        {
            sums[k + 1] = sums[k] + sorted[k];
        }

        ends = [sorted.Length];
    }

    /// <summary>The scale of each plane.</summary>
    public double[] Scales { get; private set; } = [];

    /// <summary>Plane after plane: the signs of what the planes before leave, and its mean magnitude.</summary>
    public static BinaryCells Greedy(ReadOnlySpan<float> weights, int planes)
    {
        var cells = new BinaryCells(weights);
        for (var plane = 0; plane < planes; plane++)
        {
            cells.Split(plane);
        }

        return cells;
    }

    /// <summary>The code of every weight, in the order in which they were given.</summary>
    public byte[] Codes()
    {
        var result = new byte[sorted.Length];
        for (var cell = 0; cell < codes.Length; cell++)
        {
            for (var k = cell == 0 ? 0 : ends[cell - 1]; k < ends[cell]; k++)
            {
                result[places[k]] = (byte)codes[cell];
            }
        }

        return result;
    }

    /// <summary>The scales of least squares for the present planes, (BᵀB)⁻¹ Bᵀw by elimination; null where BᵀB has no inverse.</summary>
    public double[]? Solve()
    {
        var q = Scales.Length;
        var system = new double[q, q + 1];
        for (var cell = 0; cell < codes.Length; cell++)
        {
            var first = cell == 0 ? 0 : ends[cell - 1];
            for (var i = 0; i < q; i++)
            {
                for (var j = 0; j < q; j++)
                {
                    system[i, j] += Sign(codes[cell], i) * Sign(codes[cell], j) * (ends[cell] - first);
                }

                system[i, q] += Sign(codes[cell], i) * (sums[ends[cell]] - sums[first]);
            }
        }

        // A negative scale is the opposite plane with a positive one; the cells that follow find its signs.
        return Eliminate(system, q, sorted.Length * LeastPivot) ? [.. Enumerable.Range(0, q).Select(i => Math.Abs(system[i, q] / system[i, i]))] : null;
    }

    /// <summary>Takes scales, and gives every weight the nearest sum, of two equally near ones the larger; false where no weight moves and no scale changes.</summary>
    public bool Place(double[] scales)
    {
        var isSame = scales.AsSpan().SequenceEqual(Scales);
        Scales = scales;
        int[] ordered = [.. Enumerable.Range(0, 1 << scales.Length).OrderBy(Level).ThenBy(code => code)];
        int[] cuts = [.. Enumerable.Range(0, ordered.Length).Select(cell => cell == ordered.Length - 1
            ? sorted.Length
            : FirstFrom((Level(ordered[cell]) + Level(ordered[cell + 1])) / 2, 0, sorted.Length))];
        isSame &= ordered.AsSpan().SequenceEqual(codes) && cuts.AsSpan().SequenceEqual(ends);
        (codes, ends) = (ordered, cuts);
        return !isSame;
    }

    /// <summary>Splits every cell where its weights pass its sum.</summary>
    private void Split(int plane)
    {
        var newCodes = new int[2 * codes.Length];
        var newEnds = new int[2 * codes.Length];
        var total = 0.0;
        for (var cell = 0; cell < codes.Length; cell++)
        {
            var (first, last, level) = (cell == 0 ? 0 : ends[cell - 1], ends[cell], Level(codes[cell]));
            var middle = FirstFrom(level, first, last);
            total += (level * (middle - first)) - (sums[middle] - sums[first]) + (sums[last] - sums[middle]) - (level * (last - middle));
            (newCodes[2 * cell], newEnds[2 * cell]) = (codes[cell], middle);
            (newCodes[(2 * cell) + 1], newEnds[(2 * cell) + 1]) = (codes[cell] | (1 << plane), last);
        }

        (codes, ends, Scales) = (newCodes, newEnds, [.. Scales, Math.Max(0, total / sorted.Length)]);
    }

    private double Level(int code)
    {
        var sum = 0.0;
        for (var i = 0; i < Scales.Length; i++)
        {
            sum += Sign(code, i) * Scales[i];
        }

        return sum;
    }

    /// <summary>The first weight from a bound on.</summary>
    private int FirstFrom(double bound, int low, int high)
    {
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] >= bound ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>Gauss and Jordan. BᵀB is positive semidefinite, so the diagonal serves as pivots.</summary>
    private static bool Eliminate(double[,] system, int q, double leastPivot)
    {
        for (var pivot = 0; pivot < q; pivot++)
        {
            if (system[pivot, pivot] <= leastPivot)
            {
                return false;
            }

            for (var row = 0; row < q; row++)
            {
                var factor = row == pivot ? 0 : system[row, pivot] / system[pivot, pivot];
                for (var column = pivot; column <= q; column++)
                {
                    system[row, column] -= factor * system[pivot, column];
                }
            }
        }

        return true;
    }

    private static int Sign(int code, int plane) => ((code >> plane) & 1) == 1 ? 1 : -1;
}
