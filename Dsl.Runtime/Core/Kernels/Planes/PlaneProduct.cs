using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Products of rows of inputs with binary planes, tiles shared out to the worker team. Allocates nothing.</summary>
internal static class PlaneProduct
{
    /// <summary>Rows of inputs at a time: their tables take 16 bytes for each input.</summary>
    private const int RowsAtOnce = 8;

    /// <summary>The largest input in codes whose sums of four fit into a byte.</summary>
    private const int LargestOfByte = 15;

    /// <summary>y = x Wᵀ + b. Inputs count in 2^-25 of the largest of a run of 1024, finer than sums of floats are; rows with what cannot be counted, such as NaN, are added up in floats.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">The vectors to compute on.</param>
    public static void Multiply(PlaneWeight weight, ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width)
    {
        var (shape, whole) = (weight.Shape, new WholeTables(weight.Shape, FourBytes.Bytes));
        var stride = shape.Blocks * PlaneTables.BlockBytes;
        var most = Math.Min(rows, RowsAtOnce);
        using var buffer = new PooledBuffer(checked(most * stride / sizeof(float)));
        using var steps = new PooledBuffer(checked(most * weight.Runs));
        var tables = MemoryMarshal.AsBytes(buffer.Span);
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            var block = x.Slice(first * shape.Columns, count * shape.Columns);
            var isWhole = true;
            for (var row = 0; row < count && isWhole; row++)
            {
                isWhole = whole.TryFill(block.Slice(row * shape.Columns, shape.Columns), steps.Span.Slice(row * weight.Runs, weight.Runs), tables.Slice(row * stride, stride));
            }

            for (var row = 0; row < count && !isWhole; row++)
            {
                PlaneTables.Fill(shape, block.Slice(row * shape.Columns, shape.Columns), tables.Slice(row * stride, stride));
            }

            var output = new TileOutput(y.Slice(first * shape.Rows, count * shape.Rows), bias, shape.Rows, count);
            Run(new PlaneWork(weight, tables, steps.Span, stride, output) { EntryBytes = isWhole ? FourBytes.Bytes : 0, Width = width }, count);
        }
    }

    /// <summary>y = step · (steps Wᵀ) + b for inputs in codes: the sums of signed steps are exact. Where inputs have one bit, entries of the tables are counts of bits.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="grid">The grid of the inputs.</param>
    /// <param name="steps">(rows, inputs): codes less the zero point.</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">The vectors to compute on.</param>
    public static void MultiplySteps(PlaneWeight weight, ActivationGrid grid, ReadOnlySpan<short> steps, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width)
    {
        var shape = weight.Shape;
        var largest = Math.Max(grid.Format.Highest - grid.ZeroPoint, grid.ZeroPoint - grid.Format.Lowest);
        var whole = new WholeTables(shape, largest <= LargestOfByte ? OneByte.Bytes : TwoBytes.Bytes);
        var stride = shape.Blocks * whole.BlockBytes;
        var most = Math.Min(rows, RowsAtOnce);
        using var buffer = new PooledBuffer(checked(most * stride / sizeof(float)));
        using var scales = new PooledBuffer(checked(most * weight.Runs));
        scales.Span.Fill(grid.Scale);
        var tables = MemoryMarshal.AsBytes(buffer.Span);
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            for (var row = 0; row < count; row++)
            {
                whole.Fill(steps.Slice((first + row) * shape.Columns, shape.Columns), tables.Slice(row * stride, stride));
            }

            var output = new TileOutput(y.Slice(first * shape.Rows, count * shape.Rows), bias, shape.Rows, count);
            Run(new PlaneWork(weight, tables, scales.Span, stride, output) { EntryBytes = whole.BlockBytes / (2 * WholeTables.PlaneBytes), Width = width }, count);
        }
    }

    private static void Run(PlaneWork work, int rows)
    {
        var parts = TiledProduct.PartsOf(work.Shape, rows);
        work.Parts = parts;
        WorkerTeam.Shared.Run(ref work, parts);
    }
}
