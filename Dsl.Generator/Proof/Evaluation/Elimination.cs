using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>
/// The inverse of a matrix of any numbers by Gauss–Jordan elimination with partial pivoting (Golub, Van Loan: Matrix Computations, §3.4). In dual numbers it
/// differentiates the elimination itself, which the rule for inverses can be checked against.
/// </summary>
internal static class Elimination
{
    /// <param name="matrix">Square; it is used up.</param>
    /// <param name="arithmetic">The numbers.</param>
    /// <param name="steps">Counts the operations.</param>
    public static T[,] Inverse<T>(T[,] matrix, Arithmetic<T> arithmetic, Steps steps)
    {
        var size = matrix.GetLength(0);
        var inverse = Filled(size, (row, column) => arithmetic.Number(row == column ? 1 : 0));
        for (var column = 0; column < size; column++)
        {
            steps.Take((long)size * size);
            var (place, best) = PivotOf(matrix, column, arithmetic);
            if (!(best > 0))
            {
                var none = arithmetic.WithoutValue("the inverse of a singular matrix", isCertain: best < 0);
                return Filled(size, (_, _) => none);
            }

            Swap(matrix, column, place);
            Swap(inverse, column, place);
            Divide(inverse, column, matrix[column, column], arithmetic);
            Divide(matrix, column, matrix[column, column], arithmetic);
            for (var row = 0; row < size; row++)
            {
                if (row != column)
                {
                    var factor = arithmetic.Multiply(arithmetic.Number(-1), matrix[row, column]);
                    AddMultiple(inverse, row, column, factor, arithmetic);
                    AddMultiple(matrix, row, column, factor, arithmetic);
                }
            }
        }

        return inverse;
    }

    /// <summary>The best divisor of a column among the rows that have had none.</summary>
    private static (int Row, double Size) PivotOf<T>(T[,] matrix, int column, Arithmetic<T> arithmetic)
    {
        var (place, best) = (column, -1.0);
        for (var row = column; row < matrix.GetLength(0); row++)
        {
            var size = arithmetic.Pivot(matrix[row, column]);
            (place, best) = size > best ? (row, size) : (place, best);
        }

        return (place, best);
    }

    private static T[,] Filled<T>(int size, Func<int, int, T> valueOf)
    {
        var result = new T[size, size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                result[row, column] = valueOf(row, column);
            }
        }

        return result;
    }

    private static void Swap<T>(T[,] matrix, int a, int b)
    {
        for (var k = 0; k < matrix.GetLength(1); k++)
        {
            (matrix[a, k], matrix[b, k]) = (matrix[b, k], matrix[a, k]);
        }
    }

    private static void Divide<T>(T[,] matrix, int row, T divisor, Arithmetic<T> arithmetic)
    {
        for (var k = 0; k < matrix.GetLength(1); k++)
        {
            matrix[row, k] = arithmetic.Apply(Function.Divide, [matrix[row, k], divisor]);
        }
    }

    private static void AddMultiple<T>(T[,] matrix, int row, int from, T factor, Arithmetic<T> arithmetic)
    {
        for (var k = 0; k < matrix.GetLength(1); k++)
        {
            matrix[row, k] = arithmetic.Add(matrix[row, k], arithmetic.Multiply(factor, matrix[from, k]));
        }
    }
}
