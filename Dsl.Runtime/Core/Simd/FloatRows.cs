namespace LayerDsl.Simd;

/// <summary>Float32 numbers in native or pinned memory, read and written as rows of one length. Valid as long as that memory is.</summary>
public readonly unsafe struct FloatRows
{
    private readonly float* start;

    /// <summary>Looks at memory.</summary>
    /// <param name="start">The address of the first number; does not move while this is used.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many numbers a row has.</param>
    public FloatRows(nint start, int rows, int columns)
    {
        this.start = (float*)start;
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; }

    /// <summary>How many numbers a row has.</summary>
    public int Columns { get; }

    /// <summary>A row.</summary>
    /// <param name="row">From 0 to <see cref="Rows"/> less 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            return new Span<float>(start + ((nint)row * Columns), Columns);
        }
    }
}
