namespace LayerDsl;

/// <summary>
/// How codes stand for weights: weight = scale · (levels[code] - zero point), or with binary planes Σ_p scale[p] · (bit p of the code ? 1 : -1).
/// Two formats are equal if all their parts are.
/// </summary>
/// <param name="Scheme">The grid's name.</param>
/// <param name="Bits">Bits per code, from 1 to 8.</param>
/// <param name="GroupSize">How many neighbouring weights of a row share a scale; 0 if all weights of the layer do.</param>
/// <param name="HasZeroPoints">Whether there is a zero point beside every scale.</param>
/// <param name="Levels">The level of every code, in units of the scale: 2^<paramref name="Bits"/> finite numbers; none with binary planes.</param>
/// <param name="Rank">The rank of an unquantized low-rank term beside the codes; 0 for none.</param>
/// <param name="BranchScale">The factor of that term.</param>
/// <param name="Planes">How many binary planes a code has: all its bits, each with a scale of its own; 0 where codes are numbers of levels.</param>
public sealed record QuantizedFormat(string Scheme, int Bits, int GroupSize, bool HasZeroPoints, EquatableList<float> Levels, int Rank = 0, float BranchScale = 1, int Planes = 0)
{
    /// <summary>Levels one apart: <c>first, first + 1, …</c></summary>
    /// <param name="first">The level of code 0.</param>
    /// <param name="count">How many levels.</param>
    public static EquatableList<float> Steps(float first, int count) => EquatableList.Create([.. Enumerable.Range(0, count).Select(k => first + k)]);

    /// <summary>How many scales a weight has.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    public int ScaleCount(int rows, int columns) => checked(Math.Max(1, Planes) * SharedCount(rows, columns));

    /// <summary>How many sets of weights share scales.</summary>
    internal int SharedCount(int rows, int columns) => GroupSize == 0 ? 1 : checked(rows * ((columns + GroupSize - 1) / GroupSize));

    /// <summary>Refuses a format that is none.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <exception cref="LayerShapeException">Bits, group size, rank or the number of levels are out of range.</exception>
    /// <exception cref="NonFiniteWeightException">A level is NaN or infinite.</exception>
    internal void Check(string name)
    {
        if (Bits is < 1 or > 8)
        {
            throw new LayerShapeException(name, "bits", "1 to 8", $"{Bits}");
        }

        if (GroupSize < 0 || Rank < 0)
        {
            throw new LayerShapeException(name, GroupSize < 0 ? "group size" : "rank", "not negative", $"{Math.Min(GroupSize, Rank)}");
        }

        if (Planes != 0 && (Planes != Bits || HasZeroPoints))
        {
            throw new LayerShapeException(name, "planes", $"0, or {Bits} without zero points", $"{Planes}");
        }

        Require.Equal(name, "number of levels", Planes > 0 ? 0 : 1 << Bits, Levels.Count);
        Require.Finite(name, "levels", [.. Levels, BranchScale]);
    }
}
