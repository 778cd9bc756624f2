using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Inputs;

/// <summary>The left side of a product as a kernel sees it: rows of values, of which it hands out octets.</summary>
internal interface IInputs
{
    /// <summary>What is the same for all columns of a row: computed once, before the loop over columns.</summary>
    /// <param name="start">Where the matrix starts, as <see cref="Segment"/> says.</param>
    /// <param name="row">The row.</param>
    RowPlace Find(int start, int row);

    /// <summary>Eight neighbouring values of a row, zeros from the end on.</summary>
    /// <param name="place">The row.</param>
    /// <param name="column">The first column.</param>
    /// <param name="end">The end of the columns.</param>
    Octet Load(RowPlace place, int column, int end);
}

/// <summary>Where a row lies.</summary>
/// <param name="Origin">Its first value.</param>
/// <param name="Top">Of a place in an image: the line of its first value, which may be outside.</param>
/// <param name="Left">The column.</param>
internal readonly record struct RowPlace(int Origin, int Top, int Left);

/// <summary>Rows of any length at any place.</summary>
/// <param name="values">The values.</param>
/// <param name="stride">From one row to the next.</param>
internal readonly struct PlainRows(ArrayView<float> values, int stride) : IInputs
{
    private readonly ArrayView<float> values = values;
    private readonly int stride = stride;

    /// <inheritdoc/>
    public RowPlace Find(int start, int row) => new(start + (row * stride), 0, 0);

    /// <inheritdoc/>
    public Octet Load(RowPlace place, int column, int end) => Guarded.Load(values, place.Origin + column, 1, end - column);
}

/// <summary>Rows whose octets are all whole and start at a multiple of 16 bytes: two vector loads without a comparison.</summary>
/// <param name="values">The values.</param>
/// <param name="stride">From one row to the next, in vectors.</param>
internal readonly struct AlignedRows(ArrayView<Float4> values, int stride) : IInputs
{
    private readonly ArrayView<Float4> values = values;
    private readonly int stride = stride;

    /// <inheritdoc/>
    public RowPlace Find(int start, int row) => new((start >> 2) + (row * stride), 0, 0);

    /// <inheritdoc/>
    public Octet Load(RowPlace place, int column, int end)
    {
        var first = place.Origin + (column >> 2);
        return new Octet(values[first], values[first + 1]);
    }
}
