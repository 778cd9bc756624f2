namespace LayerDsl;

/// <summary>Products of rows of inputs with a tiled weight, tiles shared out to the worker team. Allocates nothing.</summary>
internal static class TiledProduct
{
    /// <summary>Rows of inputs at a time: what they are rearranged into stays small.</summary>
    private const int RowsAtOnce = 64;

    /// <summary>Codes of a part: below, the hand-over to another thread takes longer than the work.</summary>
    private const int CodesPerPart = 64 * 1024;

    /// <summary>y = x Wᵀ + b with inputs of 32 bits.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">The vectors to compute on.</param>
    public static void Multiply(TiledWeight weight, ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width)
    {
        var shape = weight.Tiles.Shape;
        using var buffer = new PooledBuffer(checked(Math.Min(rows, RowsAtOnce) * shape.PaddedColumns));
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            for (var row = 0; row < count; row++)
            {
                FloatInputs.Arrange(shape, x.Slice((first + row) * shape.Columns, shape.Columns), buffer.Span.Slice(row * shape.PaddedColumns, shape.PaddedColumns));
            }

            var parts = PartsOf(shape, count);
            var work = new FloatTileWork(weight, buffer.Span, new TileOutput(y.Slice(first * shape.Rows, count * shape.Rows), bias, shape.Rows, count), parts, width);
            WorkerTeam.Shared.Run(ref work, parts);
        }
    }

    /// <summary>y ≈ x Wᵀ + b with inputs rounded to 8 bits (<see cref="QuantizedInputs"/>); they are finite.</summary>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplyRounded(TiledWeight weight, ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width)
    {
        var shape = weight.Tiles.Shape;
        var (most, runs) = (Math.Min(rows, RowsAtOnce), QuantizedInputs.RunsOf(shape));
        using var codes = new PooledBuffer(checked(most * shape.PaddedColumns / sizeof(float)));
        using var steps = new PooledBuffer(checked(2 * most * runs));
        var inputs = new QuantizedInputs(
            shape, System.Runtime.InteropServices.MemoryMarshal.Cast<float, sbyte>(codes.Span), steps.Span[..(most * runs)], steps.Span[(most * runs)..], weight.Grid.WholeStep);
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            for (var row = 0; row < count; row++)
            {
                inputs.Encode(row, x.Slice((first + row) * shape.Columns, shape.Columns));
            }

            var parts = PartsOf(shape, count);
            var work = new IntegerTileWork(weight, inputs, new TileOutput(y.Slice(first * shape.Rows, count * shape.Rows), bias, shape.Rows, count), parts, width);
            WorkerTeam.Shared.Run(ref work, parts);
        }
    }

    /// <summary>Into how many parts a product is cut.</summary>
    public static int PartsOf(TileShape shape, int rows) =>
        Math.Min(WorkerTeam.Shared.Parts((int)Math.Min(int.MaxValue, (long)shape.Tiles * shape.PaddedColumns * TileShape.TileRows * rows), CodesPerPart), (shape.Tiles + 1) / 2);
}
