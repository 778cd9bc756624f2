namespace LayerDsl;

/// <summary>
/// Binary coding of weights that share scales: w ≈ Σ αᵢ bᵢ with q planes of signs bᵢ. Greedy start, bᵢ = sign(r), αᵢ = mean|r|, then rounds of
/// α = (BᵀB)⁻¹ Bᵀw and, to each weight, the nearest of the 2^q sums (ShiftAddLLM: You et al. 2024, arXiv 2406.05981). The solve is exact, where
/// the paper's code iterates; the last step gives every weight its nearest sum, so the planes fit the scales. sign(0) = +1: a plane has no third value.
/// The result is a function of the weights alone.
/// </summary>
public static class BinaryCoding
{
    /// <summary>The most planes.</summary>
    public const int MostPlanes = 8;

    /// <summary>Rounds after the greedy start, unless the planes stop changing before.</summary>
    public const int DefaultRounds = 20;

    /// <summary>Fits scales and signs.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="weights">The weights; finite, at least one.</param>
    /// <param name="planes">q, from 1 to <see cref="MostPlanes"/>.</param>
    /// <param name="scales">What scales may be.</param>
    /// <param name="rounds">How many rounds at most.</param>
    /// <exception cref="LayerShapeException">There are no weights, or q is out of range.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    public static BinaryFit Fit(string name, ReadOnlySpan<float> weights, int planes, BinaryScales scales = BinaryScales.Float, int rounds = DefaultRounds)
    {
        Require.Positive(name, "number of weights that share scales", weights.Length);
        Require.Finite(name, "weight", weights);
        if (planes is < 1 or > MostPlanes)
        {
            throw new LayerShapeException(name, "bits", $"1 to {MostPlanes}", $"{planes}");
        }

        var cells = BinaryCells.Greedy(weights, planes);
        cells.Place(Rounded(cells.Scales, scales));
        for (var round = 0; planes > 1 && round < rounds && cells.Solve() is { } solved; round++)
        {
            if (!cells.Place(Rounded(solved, scales)))
            {
                break;
            }
        }

        return new BinaryFit(EquatableList.Create([.. cells.Scales.Select(scale => (float)Math.Min(scale, float.MaxValue))]), EquatableList.Create(cells.Codes()));
    }

    /// <summary>The nearest power of two by its exponent, to even at ties; 0 has none and stays.</summary>
    /// <param name="value">The value.</param>
    public static double PowerOfTwo(double value) => value == 0 ? 0 : Math.Sign(value) * Math.ScaleB(1, (int)Math.Round(Math.Log2(Math.Abs(value))));

    /// <summary>A sum of powers of two with signs, each the nearest to what the ones before left; fewer where nothing is left.</summary>
    /// <param name="value">The value.</param>
    /// <param name="terms">The most terms.</param>
    public static double PowersOfTwo(double value, int terms)
    {
        var sum = 0.0;
        for (var k = 0; k < terms; k++)
        {
            sum += PowerOfTwo(value - sum);
        }

        return sum;
    }

    /// <summary>Largest first, so that plane 0 has the most weight.</summary>
    private static double[] Rounded(double[] solved, BinaryScales scales) => [.. solved.Select(scale => scales switch
    {
        BinaryScales.PowerOfTwo => PowerOfTwo(scale),
        BinaryScales.AdditivePowerOfTwo => PowersOfTwo(scale, terms: 3),
        _ => scale,
    }).OrderDescending()];
}
