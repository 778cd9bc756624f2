namespace LayerDsl;

/// <summary>
/// A matrix stored by its numbers that are not zero: row after row, each with its column, and where each row starts. Columns
/// take 2 bytes where every one fits, else 4. Immutable, and safe to use from many threads at once.
/// </summary>
public sealed class SparseRows
{
    private readonly float[] values;
    private readonly int[] starts;
    private readonly ushort[] shortColumns;
    private readonly int[] longColumns;

    /// <summary>Wraps arrays that <see cref="SparseRowsChecks"/> or <see cref="FromDense"/> answers for.</summary>
    internal SparseRows(int rows, int columns, float[] values, int[] starts, ushort[] shortColumns, int[] longColumns)
    {
        (Rows, Columns) = (rows, columns);
        (this.values, this.starts, this.shortColumns, this.longColumns) = (values, starts, shortColumns, longColumns);
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>How many numbers are stored.</summary>
    public int Count => values.Length;

    /// <summary>The numbers, row after row.</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>Where each row starts among the numbers, and last their count.</summary>
    public ReadOnlySpan<int> RowStarts => starts;

    /// <summary>Whether columns are stored in 2 bytes.</summary>
    public bool HasShortColumns => FitsShort(Columns);

    /// <summary>How many bytes the matrix takes.</summary>
    public long ByteCount => BytesOf(Count, Rows, Columns);

    /// <summary>The columns in 2 bytes; empty unless <see cref="HasShortColumns"/>.</summary>
    internal ReadOnlySpan<ushort> ShortColumns => shortColumns;

    /// <summary>The columns in 4 bytes; empty if <see cref="HasShortColumns"/>.</summary>
    internal ReadOnlySpan<int> LongColumns => longColumns;

    /// <summary>How many bytes so many numbers of a matrix take.</summary>
    /// <param name="count">The numbers that are not zero.</param>
    /// <param name="rows">The matrix's rows.</param>
    /// <param name="columns">The matrix's columns.</param>
    public static long BytesOf(long count, int rows, int columns) =>
        (count * (sizeof(float) + (FitsShort(columns) ? sizeof(ushort) : sizeof(int)))) + ((rows + 1L) * sizeof(int));

    /// <summary>Takes the numbers of a dense matrix that are not zero.</summary>
    /// <param name="name">The layer, for messages.</param>
    /// <param name="rows">The matrix's rows.</param>
    /// <param name="columns">The matrix's columns.</param>
    /// <param name="dense">The matrix, row major.</param>
    /// <exception cref="LayerShapeException">A size is not positive, or the length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A number is NaN or infinite.</exception>
    public static SparseRows FromDense(string name, int rows, int columns, ReadOnlySpan<float> dense)
    {
        Require.Positive(name, "rows", rows);
        Require.Positive(name, "columns", columns);
        Require.Rows(name, "length of the weight", rows, columns, dense.Length);
        Require.Finite(name, "weight", dense);
        var count = dense.Length - dense.Count(0f); // -0 equals 0, and multiplies like it
        var (values, starts, places) = (new float[count], new int[rows + 1], new int[count]);
        var next = 0;
        for (var place = 0; place < dense.Length; place++)
        {
            if (dense[place] != 0)
            {
                (values[next], places[next]) = (dense[place], place % columns);
                starts[(place / columns) + 1] = ++next;
            }
        }

        for (var row = 1; row <= rows; row++)
        {
            starts[row] = Math.Max(starts[row], starts[row - 1]); // an empty row starts where it ends
        }

        return FitsShort(columns)
            ? new SparseRows(rows, columns, values, starts, Array.ConvertAll(places, column => (ushort)column), [])
            : new SparseRows(rows, columns, values, starts, [], places);
    }

    /// <summary>The matrix with its zeros, row major.</summary>
    public float[] ToDense()
    {
        var dense = new float[Rows * Columns];
        for (var row = 0; row < Rows; row++)
        {
            for (var k = starts[row]; k < starts[row + 1]; k++)
            {
                dense[(row * Columns) + ColumnAt(k)] = values[k];
            }
        }

        return dense;
    }

    /// <summary>The tensors that a saved model holds of a layer's sparse weight.</summary>
    internal IEnumerable<SafetensorsEntry> Tensors(string layer) =>
    [
        SafetensorsEntry.FromFloats(FoldedModelFile.ValuesName(layer), values, Count),
        HasShortColumns ? SafetensorsIntegers.Entry(FoldedModelFile.ColumnsName(layer), ShortColumns) : SafetensorsIntegers.Entry(FoldedModelFile.ColumnsName(layer), LongColumns),
        SafetensorsIntegers.Entry(FoldedModelFile.RowStartsName(layer), RowStarts),
    ];

    /// <summary>y[b,o] = Σ_i x[b,i] · W[o,i] + bias[o], then the epilogue. Lengths are the caller's to check; the residual lies apart from y.</summary>
    /// <param name="x">(batch, columns), row major.</param>
    /// <param name="y">(batch, rows), row major.</param>
    /// <param name="batch">How many rows x has.</param>
    /// <param name="bias">(rows), or empty.</param>
    /// <param name="epilogue">What is done with the sums.</param>
    /// <param name="kernels">The vectors to compute on.</param>
    internal void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, ReadOnlySpan<float> bias, in Epilogue epilogue, KernelWidth kernels)
    {
        if (HasShortColumns)
        {
            SparseProduct.Multiply<ushort>(values, shortColumns, starts, Columns, x, y, batch, bias, epilogue, kernels);
        }
        else
        {
            SparseProduct.Multiply<int>(values, longColumns, starts, Columns, x, y, batch, bias, epilogue, kernels);
        }
    }

    private int ColumnAt(int k) => HasShortColumns ? shortColumns[k] : longColumns[k];

    private static bool FitsShort(int columns) => columns <= ushort.MaxValue + 1;
}
