using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>Matrices with one number on each diagonal, and the sums of diagonals, for the passes of generated layers.</summary>
public static class Diagonals
{
    /// <summary>The Toeplitz matrix m[o, i] = t[o - i + columns - 1].</summary>
    /// <param name="diagonals">(rows + columns - 1): the diagonal of the last column's first row comes first.</param>
    /// <param name="columns">How many columns; at least 1.</param>
    public static Tensor Read(Tensor diagonals, long columns)
    {
        ArgumentNullException.ThrowIfNull(diagonals);
        return diagonals.unfold(0, columns, 1).flip(1).contiguous(); // loops run over its memory
    }

    /// <summary>The sums of the diagonals of a matrix, in the order in which <see cref="Read"/> takes them.</summary>
    /// <param name="matrix">(rows, columns).</param>
    public static Tensor Sum(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (rows, columns) = (matrix.shape[0], matrix.shape[1]);
        var places = arange(rows, device: matrix.device).unsqueeze(1) + (columns - 1 - arange(columns, device: matrix.device));
        return matrix.new_zeros(rows + columns - 1).index_add(0, places.flatten(), matrix.flatten(), 1);
    }

    /// <summary>The circulant matrix m[o, i] = c[(o - i) mod n].</summary>
    /// <param name="column">(n): the first column.</param>
    public static Tensor ReadCircular(Tensor column)
    {
        ArgumentNullException.ThrowIfNull(column);
        var n = column.shape[0];
        return column.index_select(0, Places(n, column.device)).reshape(n, n);
    }

    /// <summary>The sums of the circular diagonals of a matrix, in the order in which <see cref="ReadCircular"/> takes them.</summary>
    /// <param name="matrix">(n, n).</param>
    public static Tensor SumCircular(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var n = matrix.shape[0];
        return matrix.new_zeros(n).index_add(0, Places(n, matrix.device), matrix.flatten(), 1);
    }

    private static Tensor Places(long n, Device device) => (arange(n, device: device).unsqueeze(1) - arange(n, device: device)).remainder(n).flatten();
}
