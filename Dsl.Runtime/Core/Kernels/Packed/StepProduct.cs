using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// Products of inputs in codes with a tiled weight: y[r,o] = inputScale · Σ_g scale[o,g] · (Σ level · step - zero[o,g] · Σ step) + bias[o], each sum of products exact in
/// integers, the rest in double precision. Steps are whole numbers from -255 to 255; what does not fit into 8 bits is taken as 2 · (step / 2) + rest: two products of 8 bits.
/// </summary>
internal static class StepProduct
{
    private const int RowsAtOnce = 64;

    /// <summary>No sum over a group leaves 32 bits: 2^16 · 128 · 255 is less than 2^31.</summary>
    private const int LargestGroup = 1 << 16;

    /// <summary>Whether sums are exact: levels are whole numbers.</summary>
    public static bool CanMultiply(TiledWeight weight) => weight.Grid.IsWhole && weight.Tiles.Shape.Group <= LargestGroup;

    /// <summary>The product.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="grid">The grid of the inputs.</param>
    /// <param name="steps">(rows, inputs): codes less the zero point.</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">The vectors to compute on.</param>
    /// <param name="factor">What products are multiplied by beside the scales.</param>
    public static void Multiply(
        TiledWeight weight, ActivationGrid grid, ReadOnlySpan<short> steps, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width, double factor = 1)
    {
        var shape = weight.Tiles.Shape;
        var (most, planes) = (Math.Min(rows, RowsAtOnce), StepPlanes.CountFor(grid, weight));
        using var codes = new PooledBuffer(checked(most * planes * shape.PaddedColumns / sizeof(float)));
        using var sums = new PooledBuffer(checked(2 * most * shape.Groups));
        var inputs = new StepPlanes(shape, planes, MemoryMarshal.Cast<float, sbyte>(codes.Span), MemoryMarshal.Cast<float, double>(sums.Span), weight.Grid.WholeStep);
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            for (var row = 0; row < count; row++)
            {
                inputs.Split(row, steps.Slice((first + row) * shape.Columns, shape.Columns));
            }

            var parts = TiledProduct.PartsOf(shape, count);
            var work = new StepTileWork(weight, inputs, factor * grid.Scale, bias, y.Slice(first * shape.Rows, count * shape.Rows), count, parts, width);
            WorkerTeam.Shared.Run(ref work, parts);
        }
    }

    /// <summary>The product with powers of √2: that with the even ones, plus √2 times that with the odd ones.</summary>
    /// <param name="even">The weight with the levels of <see cref="LevelGrid.ByParity"/>.</param>
    /// <param name="odd">The same codes with those of the odd powers.</param>
    /// <param name="grid">The grid of the inputs.</param>
    /// <param name="steps">(rows, inputs): codes less the zero point.</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">The vectors to compute on.</param>
    public static void MultiplyByParity(
        TiledWeight even, TiledWeight odd, ActivationGrid grid, ReadOnlySpan<short> steps, ReadOnlySpan<float> bias, Span<float> y, int rows, KernelWidth width)
    {
        using var rest = new PooledBuffer(y.Length);
        Multiply(even, grid, steps, bias, y, rows, width);
        Multiply(odd, grid, steps, [], rest.Span, rows, width, Math.Sqrt(2));
        TensorPrimitives.Add(y, rest.Span, y);
    }
}
