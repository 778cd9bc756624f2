using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Products of rows of inputs with binary planes, tiles shared out to the worker team. Allocates nothing.</summary>
internal static class PlaneProduct
{
    /// <summary>Rows of inputs at a time: their tables take 16 bytes for each input.</summary>
    private const int RowsAtOnce = 8;

    /// <summary>y = x Wᵀ + b.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">The vectors to compute on.</param>
    public static void Multiply(PlaneWeight weight, ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width)
    {
        var shape = weight.Shape;
        using var buffer = new PooledBuffer(checked(Math.Min(rows, RowsAtOnce) * shape.Blocks * (PlaneTables.BlockBytes / sizeof(float))));
        var tables = MemoryMarshal.AsBytes(buffer.Span);
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            for (var row = 0; row < count; row++)
            {
                PlaneTables.Fill(shape, x.Slice((first + row) * shape.Columns, shape.Columns), tables[(row * shape.Blocks * PlaneTables.BlockBytes)..]);
            }

            var parts = TiledProduct.PartsOf(shape, count);
            var work = new Work(weight, tables, new TileOutput(y.Slice(first * shape.Rows, count * shape.Rows), bias, shape.Rows, count), parts, width);
            WorkerTeam.Shared.Run(ref work, parts);
        }
    }

    private readonly ref struct Work(PlaneWeight weight, ReadOnlySpan<byte> tables, TileOutput output, int parts, KernelWidth width) : IWork
    {
        private readonly ReadOnlySpan<byte> tables = tables;
        private readonly TileOutput output = output;

        public void Run(int part)
        {
            switch (width)
            {
                case KernelWidth.Widest:
                    Tiles<Lanes512, Vector512<byte>>(part);
                    break;
                case KernelWidth.Wide:
                    Tiles<Lanes256, Vector256<byte>>(part);
                    break;
                case KernelWidth.Narrow:
                    Tiles<Lanes128, Vector128<byte>>(part);
                    break;
            }
        }

        private void Tiles<TLanes, TV>(int part)
            where TLanes : struct, ILanes<TV>
            where TV : struct
        {
            var (shape, stride) = (weight.Shape, weight.Shape.Blocks * PlaneTables.BlockBytes);
            var (first, last) = TilePart.Rows(shape, part, parts);
            Span<float> results = stackalloc float[TileShape.TileRows];
            for (var row = 0; row < output.Rows; row++)
            {
                for (var strip = first; strip < last; strip += TileShape.TileRows)
                {
                    PlaneKernel<TLanes, TV>.Tile(weight, strip / TileShape.TileRows, tables.Slice(row * stride, stride), results);
                    output.Write(results, row, strip);
                }
            }
        }
    }
}
