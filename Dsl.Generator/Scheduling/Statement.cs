using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>A tensor that exists while a pass runs: its variable's name, and the index of each axis in storage order.</summary>
internal sealed record Value(string Name, EquatableArray<Index> Axes);

/// <summary>What a pointwise pass computes at each place; leaves are values read at that place.</summary>
internal abstract record Pointwise
{
    private Pointwise()
    {
    }

    /// <summary>A number known at compile time.</summary>
    public sealed record Number(Rational Exact) : Pointwise;

    /// <summary>A size known at compile time or when the layer runs.</summary>
    public sealed record Extent(Size Size) : Pointwise;

    /// <summary>A value, broadcast along the indices that it has not.</summary>
    public sealed record Read(Value Source) : Pointwise;

    /// <summary>The levels that a lookup reads.</summary>
    public sealed record Table(Codebook Levels) : Pointwise;

    /// <summary>A function of pointwise parts.</summary>
    public sealed record Apply(Function Function, EquatableArray<Pointwise> Arguments) : Pointwise;
}

/// <summary>One step of a pass; each makes one value.</summary>
internal abstract record Statement(Value Result)
{
    /// <summary>A contraction of two values over the indices that the result has not: a GEMM where the shapes allow it.</summary>
    public sealed record Contract(Value Result, Value Left, Value Right) : Statement(Result);

    /// <summary>A sum of products of matrices, each with a factor, on top of a start.</summary>
    /// <param name="Start">The value that the products are added to, spread over the rows where it has one axis; null for zero.</param>
    public sealed record Accumulate(Value Result, Value? Start, EquatableArray<ScaledProduct> Products) : Statement(Result);

    /// <summary>A contraction over the places of a sliding window: a convolution or one of its gradients.</summary>
    /// <param name="Left">The image; of the gradient for the image, the output's gradient.</param>
    /// <param name="Right">The kernel; of the gradient for the kernel, the output's gradient.</param>
    /// <param name="Window">How the window slides.</param>
    public sealed record Convolve(Value Result, Value Left, Value Right, Window Window) : Statement(Result);

    /// <summary>The rows of a source that a table of indices names.</summary>
    /// <param name="Stored">The name of the table where it is one of the layer's own, in floats; null where it is the input.</param>
    public sealed record Gather(Value Result, Value Source, Value Table, string? Stored) : Statement(Result);

    /// <summary>Rows added to those of zeros that a table of indices names: the gradient of a gather.</summary>
    /// <param name="Padding">A row that stays zero; null for none.</param>
    /// <param name="Stored">The name of the table where it is one of the layer's own, in floats; null where it is the input.</param>
    public sealed record Scatter(Value Result, Value Rows, Value Table, long? Padding, string? Stored) : Statement(Result);

    /// <summary>A matrix whose diagonals each hold one element of a vector.</summary>
    /// <param name="IsCircular">Whether a diagonal goes on at the other side.</param>
    public sealed record Diagonals(Value Result, Value Source, bool IsCircular) : Statement(Result);

    /// <summary>The sums of the diagonals of a matrix: the gradient of <see cref="Diagonals"/>.</summary>
    /// <param name="IsCircular">Whether a diagonal goes on at the other side.</param>
    public sealed record DiagonalSums(Value Result, Value Source, bool IsCircular) : Statement(Result);

    /// <summary>A value with places repeated along some axes: a factor of a Kronecker product.</summary>
    /// <param name="Axes">How each axis is repeated.</param>
    public sealed record Spread(Value Result, Value Source, EquatableArray<SpreadAxis> Axes) : Statement(Result);

    /// <summary>The sums of what <see cref="Spread"/> repeats: its gradient.</summary>
    /// <param name="Axes">How each axis is repeated.</param>
    /// <param name="Lacks">Whether the source has not all of its axes, being the same along the others.</param>
    public sealed record BlockSums(Value Result, Value Source, EquatableArray<SpreadAxis> Axes, bool Lacks) : Statement(Result);

    /// <summary>The inverse of a matrix.</summary>
    /// <param name="Source">The matrix, its rows first.</param>
    public sealed record Invert(Value Result, Value Source) : Statement(Result);

    /// <summary>1 where both indices are the same, else 0.</summary>
    /// <param name="Like">A tensor of the same type on the same device; null where nothing is read.</param>
    public sealed record Identity(Value Result, Value? Like) : Statement(Result);

    /// <summary>A chain of pointwise functions, one pass over memory.</summary>
    public sealed record Compute(Value Result, Pointwise Body) : Statement(Result);

    /// <summary>Pointwise chains and row reductions as one pass over memory. The result is the first of its outputs.</summary>
    public sealed record Sweep(Value Result, RowKernel Kernel) : Statement(Result);

    /// <summary>A reduction of pointwise functions over the indices that the result has not.</summary>
    public sealed record Fold(Value Result, Reduction Reduction, EquatableArray<Index> Over, Pointwise Body) : Statement(Result);
}

/// <summary>A product of two matrices times a number.</summary>
internal sealed record ScaledProduct(Value Left, Value Right, Rational Factor);

/// <summary>What steps read and write.</summary>
internal static class Statements
{
    /// <summary>The values that a step reads.</summary>
    public static IEnumerable<Value> Reads(this Statement statement) => statement switch
    {
        Statement.Contract contract => [contract.Left, contract.Right],
        Statement.Accumulate sum => sum.Products.SelectMany(product => new[] { product.Left, product.Right }).Concat(sum.Start is { } start ? [start] : Array.Empty<Value>()),
        Statement.Convolve convolve => [convolve.Left, convolve.Right],
        Statement.Gather gather => [gather.Source, gather.Table],
        Statement.Scatter scatter => [scatter.Rows, scatter.Table],
        Statement.Diagonals diagonals => [diagonals.Source],
        Statement.DiagonalSums sums => [sums.Source],
        Statement.Invert invert => [invert.Source],
        Statement.Spread spread => [spread.Source],
        Statement.BlockSums sums => [sums.Source],
        Statement.Identity { Like: { } like } => [like],
        Statement.Compute compute => compute.Body.Reads(),
        Statement.Fold fold => fold.Body.Reads(),
        Statement.Sweep sweep => sweep.Kernel.Inputs.Select(input => input.Value),
        _ => [],
    };

    /// <summary>The values that a pointwise chain reads.</summary>
    public static IEnumerable<Value> Reads(this Pointwise body) => body switch
    {
        Pointwise.Read read => [read.Source],
        Pointwise.Apply apply => apply.Arguments.SelectMany(Reads),
        _ => [],
    };

    /// <summary>The functions that a step computes value by value, outside of loops.</summary>
    public static IEnumerable<Function> Functions(this Statement statement) => statement switch
    {
        Statement.Compute compute => compute.Body.Functions(),
        Statement.Fold fold => fold.Body.Functions(),
        _ => [],
    };

    private static IEnumerable<Function> Functions(this Pointwise body) => body is Pointwise.Apply apply ? apply.Arguments.SelectMany(Functions).Append(apply.Function) : [];

    /// <summary>The values that a step makes.</summary>
    public static IEnumerable<Value> Results(this Statement statement) =>
        statement is Statement.Sweep sweep ? sweep.Kernel.Outputs.Select(output => output.Value) : [statement.Result];
}

/// <summary>A pass: what it reads, its steps in order, and the values that it returns.</summary>
/// <param name="Inputs">What the steps read from outside.</param>
/// <param name="Statements">The steps.</param>
/// <param name="Results">The values returned, as asked for.</param>
/// <param name="Ends">For each result, how many steps have been made when it is there.</param>
internal sealed record Program(
    EquatableArray<Value> Inputs, EquatableArray<Statement> Statements, EquatableArray<Value> Results, EquatableArray<int> Ends);
