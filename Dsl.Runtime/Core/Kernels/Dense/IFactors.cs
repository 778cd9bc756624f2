namespace LayerDsl;

/// <summary>A tile's left factor: the numbers of its rows, column after column.</summary>
internal unsafe interface IFactors
{
    /// <summary>The number of a row in the current column.</summary>
    float At(int row);

    /// <summary>Goes on to the next column.</summary>
    /// <param name="rows">Rows of the tile.</param>
    void Next(int rows);
}

/// <summary>The numbers of a column side by side, one column after the other: what <see cref="TileRows.Interleave"/> writes.</summary>
/// <param name="next">The first column.</param>
internal unsafe struct PackedFactors(float* next) : IFactors
{
    private float* next = next;

    /// <inheritdoc/>
    public readonly float At(int row) => next[row];

    /// <inheritdoc/>
    public void Next(int rows) => next += rows;
}

/// <summary>The rows where they are.</summary>
/// <param name="next">The first column.</param>
/// <param name="stride">From one row to the next.</param>
internal unsafe struct RowFactors(float* next, nint stride) : IFactors
{
    private readonly nint stride = stride;
    private float* next = next;

    /// <inheritdoc/>
    public readonly float At(int row) => next[row * stride];

    /// <inheritdoc/>
    public void Next(int rows) => next++;
}
