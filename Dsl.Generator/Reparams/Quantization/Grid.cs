using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>What a grid is fitted to: a weight, and the indices over which it shares a scale.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Target">The weight that initialization starts from.</param>
/// <param name="ScaleAxes">The axes of the scale.</param>
/// <param name="Over">The indices that share a scale.</param>
/// <param name="Bits">Bits per code.</param>
/// <param name="Symmetric">Whether a uniform grid is symmetric.</param>
internal sealed record GridTarget(Expr Weight, Expr Target, EquatableArray<Index> ScaleAxes, EquatableArray<Index> Over, int Bits, bool Symmetric)
{
    /// <summary>What is added to a number before it is rounded in training, uniform in [-½, ½): rounding up or down at random. Null to round to the nearest.</summary>
    public Tensor? Dither { get; init; }

    /// <summary>What the scales of binary planes may be.</summary>
    public string Scales { get; init; } = "Float";

    /// <summary>Scales below this, the least normal float32, count as it: a row of zeros is divided by it, and stays zero.</summary>
    public const double LeastScale = 1.1754943508222875e-38;

    /// <summary>2^(bits - 1).</summary>
    public int Half => 1 << (Bits - 1);

    public Expr Rounded(Expr x) => Round(Dither is null ? x : x + Dither.All);

    public Expr Largest(Expr x) => Over.Aggregate(x, (body, index) => MaxOver(index, body));

    public Expr MeanOf(Expr x) => Over.Aggregate(x, (body, index) => Sum(index, body)) / Count;

    /// <summary>How many weights share a scale.</summary>
    public Expr Count => Over.Aggregate((Expr)1, (product, index) => product * new SizeValue(index.Size));

    /// <summary>The scale as a denominator.</summary>
    public static Expr NotZero(Expr scale) => Max(scale, Number(LeastScale));
}

/// <summary>A weight in codes: how they are computed, and what they stand for.</summary>
/// <param name="Scale">Over the axes of the scale.</param>
/// <param name="Zero">The integer zero point over the same axes, or null.</param>
/// <param name="Codes">The integer codes, over the axes of the weight.</param>
/// <param name="Decode">The weight that codes, scale and zero point stand for.</param>
/// <param name="Lowest">The least code.</param>
/// <param name="Highest">The largest code.</param>
internal sealed record Coded(Expr Scale, Expr? Zero, Expr Codes, Func<Expr, Expr, Expr?, Expr> Decode, int Lowest, int Highest)
{
    /// <summary>The rounded weight.</summary>
    public Expr Value => Decode(Codes, Scale, Zero);

    /// <summary>What training uses, where it is not the rounded weight with the gradient passed straight through.</summary>
    public Expr? Training { get; init; }

    /// <summary>What fits scales and codes, where no formula does.</summary>
    public PlaneFit? Fit { get; init; }

    /// <summary>The index of the planes, which codes and scales have as their first axis; null where a weight has one code and one scale.</summary>
    public Index? Plane { get; init; }

    /// <summary>What the grid stores beside the weight, and how it starts.</summary>
    public EquatableArray<StoredTensor> Stored { get; init; } = [];

    public EquatableArray<InitStep> Initialization { get; init; } = [];

    /// <summary>Which of the codes stand for odd powers of √2, 1 or 0; null where levels are no powers of √2.</summary>
    public Func<Expr, Expr>? IsOdd { get; init; }

    /// <summary>The formula, where the grid has several.</summary>
    public string? Formula { get; init; }
}

/// <summary>A grid: its formula, its paper, its bits, and the codes of a weight on it.</summary>
internal sealed record Grid(string Formula, string Paper, int LeastBits, int MostBits, Func<GridTarget, Coded> Code)
{
    /// <summary>The least bits with which steps are equal, so that they can be rounded at random; 0 where they never are.</summary>
    public int LeastBitsOfSteps { get; init; }
}
