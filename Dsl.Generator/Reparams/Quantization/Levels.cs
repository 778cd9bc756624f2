using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>A short ascending list of levels: the nearest one is found by comparisons with the midpoints.</summary>
internal sealed class Levels
{
    private readonly double[] values;
    private readonly Func<int, bool> tiesRise;

    /// <param name="values">Ascending.</param>
    /// <param name="tiesRise">Whether a value midway between levels k - 1 and k counts as level k.</param>
    public Levels(double[] values, Func<int, bool> tiesRise)
    {
        this.values = values;
        this.tiesRise = tiesRise;
    }

    public int Last => values.Length - 1;

    /// <summary>The number of the nearest level.</summary>
    public Expr NumberOf(Expr x) => Sum(k => Number((values[k - 1] + values[k]) / 2) is var middle && tiesRise(k) ? GreaterOrEqual(x, middle) : Greater(x, middle));

    /// <summary>The level of a number.</summary>
    public Expr At(Expr number) => Number(values[0]) + Sum(k => (Number(values[k]) - Number(values[k - 1])) * GreaterOrEqual(number, k));

    private Expr Sum(Func<int, Expr> step) => Enumerable.Range(1, Last).Aggregate((Expr)0, (sum, k) => sum + step(k));
}
