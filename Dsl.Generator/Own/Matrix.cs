using LayerDsl.Generator.Ir;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Generator.Own;

/// <summary>
/// A matrix as users see it: an expression, and which of its indices count rows and which columns. A side without an index has size 1 and is repeated as
/// often as the other operand needs it. The columns of a kernel have several indices, those of a weight in groups two.
/// </summary>
internal sealed class Matrix
{
    public Matrix(Expr expr, IReadOnlyList<Index?> rows, IReadOnlyList<Index?> columns) => (Expr, Rows, Columns) = (expr, rows, columns);

    public Expr Expr { get; }

    public IReadOnlyList<Index?> Rows { get; }

    public IReadOnlyList<Index?> Columns { get; }

    /// <summary>The number, where it is one that is known when the layer is declared.</summary>
    public double? Number { get; private init; }

    /// <summary>The size that the number is, where it is a hyper-parameter that can be one.</summary>
    public Size? Size { get; private init; }

    public IEnumerable<Index?> Sides => Rows.Concat(Columns);

    public static Matrix Of(double number) => new(Operators.Number(number), [null], [null]) { Number = number };

    /// <summary>A number that is a size in what holds for all sizes.</summary>
    public static Matrix Of(double number, Size size) => new(Operators.Number(number), [null], [null]) { Number = number, Size = size };

    /// <summary>The same matrix with another expression over the same indices.</summary>
    public Matrix With(Expr expr) => new(expr, Rows, Columns);

    /// <summary>Its sizes in words: <c>out × in</c>.</summary>
    public string SizeText => Text(Rows) + " × " + Text(Columns);

    private static string Text(IReadOnlyList<Index?> side) => string.Join("·", side.Select(index => index?.Size.ToString() ?? "1"));
}

/// <summary>Why a formula does not fit the weight it is applied to.</summary>
internal sealed class MatrixException(string message) : Exception(message);
