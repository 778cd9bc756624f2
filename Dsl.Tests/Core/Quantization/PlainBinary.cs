namespace LayerDsl.Tests.Core.Quantization;

/// <summary>Binary coding weight by weight, as the paper tells it: greedy planes, then least squares and the nearest of all sums in turn.</summary>
internal static class PlainBinary
{
    /// <summary>The weights rounded to sums of scales with signs.</summary>
    /// <param name="terms">Powers of two in a scale; 0 for any float.</param>
    public static double[] Round(double[] w, int planes, int terms = 0, int rounds = BinaryCoding.DefaultRounds)
    {
        var alpha = new double[planes];
        var signs = new int[planes][];
        var rest = w.ToArray();
        for (var p = 0; p < planes; p++)
        {
            signs[p] = [.. rest.Select(r => r >= 0 ? 1 : -1)];
            alpha[p] = rest.Average(Math.Abs);
            rest = [.. rest.Select((r, k) => r - (alpha[p] * signs[p][k]))];
        }

        Assign(w, alpha = Rounded(alpha, terms), signs);
        for (var round = 0; planes > 1 && round < rounds && Solve(w, signs) is { } solved; round++)
        {
            Assign(w, alpha = Rounded(solved, terms), signs);
        }

        return [.. w.Select((_, k) => Enumerable.Range(0, planes).Sum(p => alpha[p] * signs[p][k]))];
    }

    private static double[] Rounded(double[] alpha, int terms) => [.. alpha.Select(a => terms == 0 ? a : Powers(a, terms)).OrderDescending()];

    private static double Powers(double value, int terms)
    {
        var sum = 0.0;
        for (var k = 0; k < terms && value != sum; k++)
        {
            sum += Math.Sign(value - sum) * Math.Pow(2, Math.Round(Math.Log2(Math.Abs(value - sum))));
        }

        return sum;
    }

    private static void Assign(double[] w, double[] alpha, int[][] signs)
    {
        var sums = Enumerable.Range(0, 1 << alpha.Length).Select(code => (code, sum: alpha.Select((a, p) => ((code >> p) & 1) == 1 ? a : -a).Sum())).ToArray();
        for (var k = 0; k < w.Length; k++)
        {
            var nearest = sums.MinBy(level => (Math.Abs(level.sum - w[k]), -level.sum)).code;
            for (var p = 0; p < alpha.Length; p++)
            {
                signs[p][k] = ((nearest >> p) & 1) == 1 ? 1 : -1;
            }
        }
    }

    /// <summary>Cramer's rule on the normal equations.</summary>
    private static double[]? Solve(double[] w, int[][] signs)
    {
        var q = signs.Length;
        var matrix = Enumerable.Range(0, q).Select(i => Enumerable.Range(0, q).Select(j => (double)signs[i].Zip(signs[j], (a, b) => a * b).Sum()).ToArray()).ToArray();
        double[] right = [.. signs.Select(plane => plane.Zip(w, (sign, x) => sign * x).Sum())];
        var determinant = Determinant(matrix);
        return Math.Abs(determinant) < 1e-9 * Math.Pow(w.Length, q)
            ? null
            : [.. Enumerable.Range(0, q).Select(i => Math.Abs(Determinant([.. matrix.Select((row, r) => row.Select((x, c) => c == i ? right[r] : x).ToArray())]) / determinant))];
    }

    private static double Determinant(double[][] m) => m.Length == 1
        ? m[0][0]
        : Enumerable.Range(0, m.Length).Sum(c => (c % 2 == 0 ? 1 : -1) * m[0][c] * Determinant([.. m.Skip(1).Select(row => row.Where((_, k) => k != c).ToArray())]));
}
