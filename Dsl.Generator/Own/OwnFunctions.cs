using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Own;

/// <summary>One function of formulas: how many operands it takes, and what it makes of them.</summary>
internal sealed record OwnFunction(int Arity, Func<OwnScope, Matrix[], Matrix> Apply)
{
    /// <summary>The same of numbers that are known when the layer is declared.</summary>
    public Func<double[], double>? OfNumbers { get; init; }
}

/// <summary>The table of what formulas may call: the members of <c>LayerDsl.Functions</c> and the operators of <c>Weight</c>.</summary>
internal static class OwnFunctions
{
    private static readonly IReadOnlyDictionary<string, OwnFunction> Table = new Dictionary<string, OwnFunction>
    {
        ["Add"] = Pointwise(Function.Add, x => x[0] + x[1]),
        ["Subtract"] = Pointwise(Function.Subtract, x => x[0] - x[1]),
        ["Multiply"] = new(2, (scope, x) => ReferenceEquals(x[0], x[1]) ? x[0].With(Square(x[0].Expr)) : scope.Algebra.Map(Function.Multiply, x)) { OfNumbers = x => x[0] * x[1] },
        ["Divide"] = Pointwise(Function.Divide, x => x[0] / x[1]),
        ["Negate"] = Pointwise(Function.Negate, x => -x[0]),
        ["Exp"] = Pointwise(Function.Exp, x => Math.Exp(x[0])),
        ["Exp2"] = Pointwise(Function.Exp2, x => Math.Pow(2, x[0])),
        ["Log"] = Pointwise(Function.Log, x => Math.Log(x[0])),
        ["Log2"] = Pointwise(Function.Log2, x => Math.Log(x[0], 2)),
        ["Sin"] = Pointwise(Function.Sin, x => Math.Sin(x[0])),
        ["Cos"] = Pointwise(Function.Cos, x => Math.Cos(x[0])),
        ["Tan"] = Pointwise(Function.Tan, x => Math.Tan(x[0])),
        ["Atan"] = Pointwise(Function.Atan, x => Math.Atan(x[0])),
        ["Tanh"] = Pointwise(Function.Tanh, x => Math.Tanh(x[0])),
        ["Atanh"] = Pointwise(Function.Atanh, x => Math.Log((1 + x[0]) / (1 - x[0])) / 2),
        ["Sqrt"] = Pointwise(Function.Sqrt, x => Math.Sqrt(x[0])),
        ["Square"] = Pointwise(Function.Square, x => x[0] * x[0]),
        ["Abs"] = Pointwise(Function.Abs, x => Math.Abs(x[0])),
        ["Sign"] = Pointwise(Function.Sign, x => double.IsNaN(x[0]) ? x[0] : Math.Sign(x[0])),
        ["Round"] = Pointwise(Function.Round, x => Math.Round(x[0], MidpointRounding.ToEven)),
        ["Floor"] = Pointwise(Function.Floor, x => Math.Floor(x[0])),
        ["Max"] = Pointwise(Function.Max, x => Math.Max(x[0], x[1])),
        ["Min"] = Pointwise(Function.Min, x => Math.Min(x[0], x[1])),
        ["Greater"] = Pointwise(Function.Greater, x => x[0] > x[1] ? 1 : 0),
        ["GreaterOrEqual"] = Pointwise(Function.GreaterOrEqual, x => x[0] >= x[1] ? 1 : 0),
        ["Where"] = Pointwise(Function.Select, x => x[0] != 0 ? x[1] : x[2]),

        // σ(x) = (1 + tanh(x/2)) / 2, which no exponential overflows.
        ["Sigmoid"] = new(1, (scope, x) => x[0].With((1 + Tanh(x[0].Expr / 2)) / 2)) { OfNumbers = x => 1 / (1 + Math.Exp(-x[0])) },
        ["Relu"] = new(1, (scope, x) => x[0].With(Relu(x[0].Expr))) { OfNumbers = x => Math.Max(x[0], 0) },
        ["Clamp"] = new(3, (scope, x) => scope.Algebra.Map(Function.Min, scope.Algebra.Map(Function.Max, x[0], x[1]), x[2])) { OfNumbers = x => Math.Min(Math.Max(x[0], x[1]), x[2]) },

        ["SumOverRow"] = Reduction(Sum, false, true),
        ["MeanOverRow"] = Reduction(Mean, false, true),
        ["MaxOverRow"] = Reduction(Max, false, true),
        ["MinOverRow"] = Reduction(Min, false, true),
        ["SumOverColumn"] = Reduction(Sum, true, false),
        ["MeanOverColumn"] = Reduction(Mean, true, false),
        ["MaxOverColumn"] = Reduction(Max, true, false),
        ["MinOverColumn"] = Reduction(Min, true, false),
        ["SumOverAll"] = Reduction(Sum, true, true),
        ["MeanOverAll"] = Reduction(Mean, true, true),
        ["MaxOverAll"] = Reduction(Max, true, true),
        ["MinOverAll"] = Reduction(Min, true, true),
        ["SumOverGroup"] = GroupReduction(Sum),
        ["MeanOverGroup"] = GroupReduction(Mean),
        ["MaxOverGroup"] = GroupReduction(Max),
        ["MinOverGroup"] = GroupReduction(Min),
        ["SoftmaxOverRow"] = new(1, (scope, x) => Softmax(scope, x[0], false, true)),
        ["SoftmaxOverColumn"] = new(1, (scope, x) => Softmax(scope, x[0], true, false)),

        ["MatMul"] = new(2, (scope, x) => scope.Algebra.Product(x[0], x[1])),
        ["Transpose"] = new(1, (_, x) => MatrixAlgebra.Transposed(x[0])),
        ["Identity"] = new(2, Identity),
        ["Inverse"] = new(1, Inverse) { OfNumbers = x => 1 / x[0] },
        ["Kronecker"] = new(2, Kronecker),
        ["Toeplitz"] = new(3, Toeplitz),
        ["Circulant"] = new(1, Circulant),
        ["Gather"] = new(2, Gather),
        ["StopGradient"] = new(1, (_, x) => x[0].With(StopGradient(x[0].Expr))),
        ["StraightThrough"] = new(2, Through),
    };

    public static OwnFunction? Find(string name) => Table.TryGetValue(name, out var function) ? function : null;

    private static OwnFunction Pointwise(Function function, Func<double[], double> ofNumbers) =>
        new(function.Arity(), (scope, x) => scope.Algebra.Map(function, x)) { OfNumbers = ofNumbers };

    private static OwnFunction Reduction(Func<Matrix, bool, bool, Matrix> reduce, bool overRows, bool overColumns) =>
        new(1, (_, x) => reduce(x[0], overRows, overColumns)) { OfNumbers = x => x[0] };

    /// <summary>Of a weight in groups the last index of a column is the place in its group.</summary>
    private static OwnFunction GroupReduction(Func<Matrix, bool, bool, Matrix> reduce) => new(2, (scope, x) =>
    {
        if (x[1].Number is not { } size || scope.Shape.Block == 0 || size != scope.Shape.Block)
        {
            throw new MatrixException($"the groups have {x[1].Number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} inputs, those of the parameters {scope.Shape.Block}; give a parameter of Map [PerGroup] with the same size");
        }

        if (x[0].Columns.Count != 2)
        {
            return x[0];
        }

        var rest = new Matrix(x[0].Expr, x[0].Rows, [x[0].Columns[1]]);
        var reduced = reduce(rest, false, true);
        return new Matrix(reduced.Expr, x[0].Rows, [x[0].Columns[0], null]);
    });

    private static Matrix Sum(Matrix x, bool overRows, bool overColumns) => MatrixAlgebra.Reduce(Ir.Reduction.Sum, x, overRows, overColumns);

    private static Matrix Mean(Matrix x, bool overRows, bool overColumns) =>
        Sum(x, overRows, overColumns) is var sum ? sum.With(sum.Expr / MatrixAlgebra.Count(x, overRows, overColumns)) : x;

    private static Matrix Max(Matrix x, bool overRows, bool overColumns) => MatrixAlgebra.Reduce(Ir.Reduction.Max, x, overRows, overColumns);

    /// <summary>min x = -max -x.</summary>
    private static Matrix Min(Matrix x, bool overRows, bool overColumns) => Max(x.With(-x.Expr), overRows, overColumns) is var most ? most.With(-most.Expr) : x;

    /// <summary>The largest value is subtracted first, so that no exponential overflows; as a constant, since it changes nothing.</summary>
    private static Matrix Softmax(OwnScope scope, Matrix x, bool overRows, bool overColumns)
    {
        var largest = Max(x, overRows, overColumns);
        var exponentials = scope.Algebra.Map(Function.Exp, scope.Algebra.Map(Function.Subtract, x, largest.With(StopGradient(largest.Expr))));
        var named = exponentials.With(Name("exponentials", exponentials.Expr));
        return scope.Algebra.Map(Function.Divide, named, Sum(named, overRows, overColumns));
    }

    /// <summary>[o = i], square where no columns are given.</summary>
    private static Matrix Identity(OwnScope scope, Matrix[] x)
    {
        var (row, column) = (scope.Algebra.Fresh(SizeOf(x[0])), scope.Algebra.Fresh(SizeOf(x[1].Number is 0 ? x[0] : x[1])));
        return new Matrix(new Inside(row + (-Size.One * column), Size.One), [row], [column]);
    }

    /// <summary>a[⌊o / m⌋, ⌊i / n⌋] · b[o mod m, i mod n] of a right matrix with m rows and n columns.</summary>
    private static Matrix Kronecker(OwnScope scope, Matrix[] x)
    {
        if (x.Any(matrix => matrix.Rows.Count != 1 || matrix.Columns.Count != 1))
        {
            throw new MatrixException($"the sides are {x[0].SizeText} and {x[1].SizeText}: a side with several indices, as the inputs of a kernel have, has no Kronecker product");
        }

        var (a, b) = (x[0], x[1]);
        var (left, right) = (a.Expr, b.Expr);
        Ir.Index? Side(Ir.Index? outer, Ir.Index? inner)
        {
            if (outer is null || inner is null)
            {
                return outer ?? inner;
            }

            if (outer.Size == Size.One || inner.Size == Size.One)
            {
                throw new MatrixException("a side of size 1 is that of a vector: declare its parameter with one size, and write Transpose(x) for a row");
            }

            var whole = scope.Algebra.Fresh(outer.Size * inner.Size);
            left = left.Reindex([outer], [Places.Quotient(whole, inner.Size)]);
            right = right.Reindex([inner], [Places.Remainder(whole, inner.Size)]);
            return whole;
        }

        (a, b) = (Apart(scope, a), Apart(scope, b));
        (left, right) = (a.Expr, b.Expr);
        var (row, column) = (Side(a.Rows[0], b.Rows[0]), Side(a.Columns[0], b.Columns[0]));
        return new Matrix(left * right, [row], [column]);
    }

    /// <summary>The matrix over indices of its own.</summary>
    private static Matrix Apart(OwnScope scope, Matrix x)
    {
        Ir.Index?[] Fresh(IReadOnlyList<Ir.Index?> side) => side.Select(index => index is null ? null : scope.Algebra.Fresh(index.Size)).ToArray();
        var (rows, columns) = (Fresh(x.Rows), Fresh(x.Columns));
        return new Matrix(MatrixAlgebra.Over(x, rows, columns, "a side"), rows, columns);
    }

    /// <summary>M⁻¹, whose rows are the columns of M. That of a single number is 1 / m.</summary>
    private static Matrix Inverse(OwnScope scope, Matrix[] x)
    {
        var matrix = x[0];
        if (matrix.Sides.All(side => side is null))
        {
            return matrix.With(1 / matrix.Expr);
        }

        if (matrix.Rows.Count != 1 || matrix.Columns.Count != 1 || matrix.Rows[0] is not { } rows || matrix.Columns[0] is not { } columns || rows.Size != columns.Size)
        {
            throw new MatrixException($"only a square matrix has an inverse, and this one is {matrix.SizeText}; where the weight shall be square, write [Reparameterization(Square = true)]");
        }

        return matrix.Expr.FreeIndices.Contains(rows) && matrix.Expr.FreeIndices.Contains(columns)
            ? new Matrix(new MatrixInverse(rows, columns, matrix.Expr, columns, rows), [columns], [rows])
            : throw new MatrixException("all rows or all columns of the matrix are the same, so that it has no inverse");
    }

    /// <summary>t[o - i + columns - 1]: the last diagonal above the main one comes first.</summary>
    private static Matrix Toeplitz(OwnScope scope, Matrix[] x)
    {
        var (rows, columns) = (SizeOf(x[1]), SizeOf(x[2]));
        if (x[0].Rows.Count != 1 || x[0].Rows[0] is not { } index || x[0].Columns.Any(side => side is not null) || index.Size != rows + columns - Size.One)
        {
            throw new MatrixException($"the diagonals are {x[0].SizeText}, and must be {rows + columns - Size.One} × 1, one for each diagonal of {rows} × {columns}");
        }

        var (row, column) = (scope.Algebra.Fresh(rows), scope.Algebra.Fresh(columns));
        return new Matrix(x[0].Expr.Reindex([index], [row + (-Size.One * column) + (columns - Size.One)]), [row], [column]);
    }

    /// <summary>c[(o - i) mod n]: c is the first column.</summary>
    private static Matrix Circulant(OwnScope scope, Matrix[] x)
    {
        if (x[0].Rows.Count != 1 || x[0].Rows[0] is not { } index || x[0].Columns.Any(side => side is not null))
        {
            throw new MatrixException($"the first column is {x[0].SizeText}, and must be a vector");
        }

        var (row, column) = (scope.Algebra.Fresh(index.Size), scope.Algebra.Fresh(index.Size));
        return new Matrix(x[0].Expr.Reindex([index], [Places.Remainder(row + (-Size.One * column), index.Size)]), [row], [column]);
    }

    /// <summary>x[t[o,i]] of a vector, x[t[o],i] of a matrix.</summary>
    private static Matrix Gather(OwnScope scope, Matrix[] x)
    {
        if (x[1].Expr is not Access { Tensor.Entries: { } count } table)
        {
            throw new MatrixException("the indices are no parameter that holds indices; give Map a parameter [Buffer, Indices(\"k\")], where k is the number of rows to look up");
        }

        if (x[0].Rows.Count != 1 || x[0].Rows[0] is not { } row || row.Size != count)
        {
            throw new MatrixException($"the values are {x[0].SizeText}, and the indices are of {count} rows");
        }

        var isVector = x[0].Columns.All(side => side is null);
        if (!isVector && x[1].Columns.Any(side => side is not null))
        {
            throw new MatrixException($"the values are {x[0].SizeText}, the indices {x[1].SizeText}: rows of a matrix are looked up with a vector of indices, numbers of a vector with any");
        }

        var fresh = x[1].Sides.OfType<Ir.Index>().ToDictionary(side => side, side => scope.Algebra.Fresh(side.Size));
        Ir.Index?[] Renamed(IReadOnlyList<Ir.Index?> sides) => sides.Select(side => side is null ? null : fresh[side]).ToArray();
        var entry = Places.Entry(table.Tensor, table.At.Select(place => place.Substitute(index => fresh[index])).ToArray());
        return new Matrix(x[0].Expr.Reindex([row], [entry]), Renamed(x[1].Rows), isVector ? Renamed(x[1].Columns) : x[0].Columns);
    }

    private static Size SizeOf(Matrix x) => x.Expr is SizeValue size ? size.Size
        : x.Size is { } own ? own
        : x.Number is { } number && number >= 1 && number <= int.MaxValue && Math.Floor(number) == number ? Size.Of((long)number)
        : throw new MatrixException("a size is an int parameter of Map with [Size], or a whole number");

    private static Matrix Through(OwnScope scope, Matrix[] x)
    {
        // Adding nothing brings both to the same indices.
        var value = scope.Algebra.Map(Function.Add, x[0], x[1].With(x[1].Expr));
        return value.Sides.Count(side => side is not null) != x[0].Sides.Count(side => side is not null)
            ? throw new MatrixException($"the value is {x[0].SizeText}, what it is differentiated as {x[1].SizeText}")
            : x[0].With(StraightThrough(x[0].Expr, MatrixAlgebra.Over(x[1], x[0].Rows, x[0].Columns, "the value")));
    }
}
