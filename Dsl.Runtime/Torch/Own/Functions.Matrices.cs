using static TorchSharp.torch;

namespace LayerDsl;

/// <content>Reductions and products of matrices.</content>
public static partial class Functions
{
    /// <summary>The sum of each row: one number for each output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight SumOverRow(Weight x) => Weight.Apply(x, static x => x.sum([1], keepdim: true), static x => x);

    /// <summary>The mean of each row: one number for each output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MeanOverRow(Weight x) => Weight.Apply(x, static x => x.mean([1], keepdim: true), static x => x);

    /// <summary>The largest of each row: one number for each output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MaxOverRow(Weight x) => Weight.Apply(x, static x => x.amax([1], keepdim: true), static x => x);

    /// <summary>The smallest of each row: one number for each output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MinOverRow(Weight x) => Weight.Apply(x, static x => x.amin([1], keepdim: true), static x => x);

    /// <summary>The sum of each column: one number for each input of an output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight SumOverColumn(Weight x) => Weight.Apply(x, static x => x.sum([0], keepdim: true), static x => x);

    /// <summary>The mean of each column: one number for each input of an output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MeanOverColumn(Weight x) => Weight.Apply(x, static x => x.mean([0], keepdim: true), static x => x);

    /// <summary>The largest of each column: one number for each input of an output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MaxOverColumn(Weight x) => Weight.Apply(x, static x => x.amax([0], keepdim: true), static x => x);

    /// <summary>The smallest of each column: one number for each input of an output.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MinOverColumn(Weight x) => Weight.Apply(x, static x => x.amin([0], keepdim: true), static x => x);

    /// <summary>The sum of all numbers: one number.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight SumOverAll(Weight x) => Weight.Apply(x, static x => x.sum([0, 1], keepdim: true), static x => x);

    /// <summary>The mean of all numbers: one number.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MeanOverAll(Weight x) => Weight.Apply(x, static x => x.mean([0, 1], keepdim: true), static x => x);

    /// <summary>The largest of all numbers: one number.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MaxOverAll(Weight x) => Weight.Apply(x, static x => x.amax([0, 1], keepdim: true), static x => x);

    /// <summary>The smallest of all numbers: one number.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight MinOverAll(Weight x) => Weight.Apply(x, static x => x.amin([0, 1], keepdim: true), static x => x);

    /// <summary>The sum of each group of neighbouring inputs, at every place of the group.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="size">How many inputs a group has; it must divide the inputs.</param>
    public static Weight SumOverGroup(Weight x, int size) => OverGroup(x, size, static x => x.sum([2], keepdim: true));

    /// <summary>The mean of each group of neighbouring inputs, at every place of the group.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="size">How many inputs a group has; it must divide the inputs.</param>
    public static Weight MeanOverGroup(Weight x, int size) => OverGroup(x, size, static x => x.mean([2], keepdim: true));

    /// <summary>The largest of each group of neighbouring inputs, at every place of the group.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="size">How many inputs a group has; it must divide the inputs.</param>
    public static Weight MaxOverGroup(Weight x, int size) => OverGroup(x, size, static x => x.amax([2], keepdim: true));

    /// <summary>The smallest of each group of neighbouring inputs, at every place of the group.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="size">How many inputs a group has; it must divide the inputs.</param>
    public static Weight MinOverGroup(Weight x, int size) => OverGroup(x, size, static x => x.amin([2], keepdim: true));

    /// <summary>e to the power of x, as shares of the sum of the row.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight SoftmaxOverRow(Weight x) => Weight.Apply(x, static x => x.softmax(1), static _ => 1);

    /// <summary>e to the power of x, as shares of the sum of the column.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight SoftmaxOverColumn(Weight x) => Weight.Apply(x, static x => x.softmax(0), static _ => 1);

    /// <summary>The product of two matrices.</summary>
    /// <param name="left">(m, k).</param>
    /// <param name="right">(k, n).</param>
    public static Weight MatMul(Weight left, Weight right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Weight(left.Matrix.matmul(right.Matrix));
    }

    /// <summary>The transpose of a matrix.</summary>
    /// <param name="x">(m, n).</param>
    public static Weight Transpose(Weight x) => Weight.Apply(x, static x => x.t(), static x => x);

    /// <summary>The Kronecker product, whose place (o, i) holds a[o div m, i div n] · b[o mod m, i mod n].</summary>
    /// <param name="left">Any matrix.</param>
    /// <param name="right">(m, n).</param>
    public static Weight Kronecker(Weight left, Weight right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Weight(kron(left.Matrix.contiguous(), right.Matrix.contiguous())); // of transposed ones it fails
    }

    /// <summary>The inverse of a square matrix; of a single number 1 / x.</summary>
    /// <param name="x">(n, n).</param>
    /// <exception cref="SingularMatrixException">The matrix has no inverse.</exception>
    public static Weight Inverse(Weight x) => Weight.Apply(x, static x => Autograd.Matrices.Inverse(x), static x => 1 / x);

    /// <summary>The matrix of 1 where row and column are the same and 0 elsewhere. Run as plain code it is of float32, on the CPU.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns; 0 for as many as rows.</param>
    public static Weight Identity(int rows, int columns = 0) => new(Autograd.Matrices.Identity(null, rows, columns == 0 ? rows : columns));

    /// <summary>The Toeplitz matrix whose place (o, i) holds t[o - i + columns - 1].</summary>
    /// <param name="diagonals">(rows + columns - 1): one number for each diagonal.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public static Weight Toeplitz(Weight diagonals, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(diagonals);
        return new Weight(Autograd.Diagonals.Read(diagonals.Matrix.reshape(rows + columns - 1), columns));
    }

    /// <summary>The circulant matrix whose place (o, i) holds c[(o - i) mod n].</summary>
    /// <param name="column">(n): the first column.</param>
    public static Weight Circulant(Weight column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return new Weight(Autograd.Diagonals.ReadCircular(column.Matrix.reshape(-1)));
    }

    /// <summary>Rows looked up: place o of a matrix holds x[indices[o], ·]; of a vector, place (o, i) holds x[indices[o, i]].</summary>
    /// <param name="values">(k, n), or a vector of k numbers.</param>
    /// <param name="indices">Whole numbers from 0 to k - 1: a vector, or of any size where the values are a vector. In a formula it is a parameter with <see cref="IndicesAttribute"/>.</param>
    /// <exception cref="IndexOutOfTableException">A number names no row.</exception>
    public static Weight Gather(Weight values, Weight indices)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(indices);
        var (source, table) = (values.Matrix, indices.Matrix);
        return source.shape[1] == 1 ? new Weight(Autograd.Tables.Read(source.squeeze(1), table, nameof(indices)))
            : table.shape[1] == 1 ? new Weight(Autograd.Tables.Read(source, table.squeeze(1), nameof(indices)))
            : throw new ArgumentException($"Rows of a matrix of {source.shape[0]} × {source.shape[1]} are looked up with a vector, not with {table.shape[0]} × {table.shape[1]} indices.", nameof(indices));
    }

    private static Weight OverGroup(Weight x, int size, Func<Tensor, Tensor> reduce) => Weight.Apply(
        x, x => x.size(1) == 1 ? x : reduce(x.unflatten(1, -1, size)).expand(-1, -1, size).flatten(1), static x => x);
}
