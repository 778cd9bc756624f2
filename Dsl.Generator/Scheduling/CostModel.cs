using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Counts floating-point operations of a pass at the declared sizes: a fused multiply-add counts as two.</summary>
internal static class CostModel
{
    /// <summary>The steps that depend on the batch, for one sample.</summary>
    public static long PerSample(Program program, Index batch, Func<Size, long> sizeOf) => sizeOf(PerSample(program, batch));

    /// <summary>The same as a polynomial in the sizes.</summary>
    public static Size PerSample(Program program, Index batch) =>
        program.Statements.Where(statement => DependsOn(statement, batch)).Aggregate(Size.Zero, (sum, statement) => sum + Operations(statement));

    /// <summary>The steps that are made once per pass, whatever the batch: weight maps.</summary>
    public static long PerPass(Program program, Index batch, Func<Size, long> sizeOf) => sizeOf(PerPass(program, batch));

    /// <summary>The same as a polynomial in the sizes.</summary>
    public static Size PerPass(Program program, Index batch) =>
        program.Statements.Where(statement => !DependsOn(statement, batch)).Aggregate(Size.Zero, (sum, statement) => sum + Operations(statement));

    private static bool DependsOn(Statement statement, Index batch) => Space(statement).Contains(batch);

    private static Size Operations(Statement statement)
    {
        var points = Points(Space(statement));
        return statement switch
        {
            Statement.Contract or Statement.Convolve => 2 * points,
            Statement.Accumulate sum => sum.Products.Aggregate(Size.Zero, (all, product) => all + (2 * Points(product.Left.Axes.Union(product.Right.Axes))) + (product.Factor.IsOne ? Size.Zero : points)) + ((sum.Products.Count - (sum.Start is null ? 1 : 0)) * points),
            Statement.Invert => 2 * statement.Result.Axes[0].Size * points,
            Statement.Scatter or Statement.BlockSums => points,
            Statement.Compute compute => Count(compute.Body) * points,
            Statement.Fold fold => (Count(fold.Body) + 1) * points,
            _ => Size.Zero,
        };
    }

    private static Size Points(IEnumerable<Index> space) => space.Aggregate(Size.One, (product, index) => product * index.Size);

    /// <summary>All indices that a step walks.</summary>
    private static IEnumerable<Index> Space(Statement statement) => statement switch
    {
        Statement.Contract contract => contract.Left.Axes.Union(contract.Right.Axes),
        Statement.Convolve convolve => convolve.Window.Space,
        Statement.Scatter scatter => scatter.Rows.Axes,
        Statement.BlockSums sums => sums.Source.Axes,
        Statement.Fold fold => fold.Result.Axes.Union(fold.Over),
        _ => statement.Result.Axes,
    };

    private static long Count(Pointwise body) => body is Pointwise.Apply apply ? 1 + apply.Arguments.Sum(Count) : 0;
}
