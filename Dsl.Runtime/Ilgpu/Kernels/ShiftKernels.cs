using ILGPU;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Products of inputs in codes with weights that are powers of two: shifts and additions of whole numbers, no multiplication.</summary>
internal static class ShiftKernels
{
    private const int Square = 4;

    /// <summary>
    /// y[r,o] = f(inputScale · Σ_g scale[o,g] · 2⁻ᵐ Σ ±(steps ≪ (m − k)) + b[o]), m the largest exponent. The sum of an octet is exact: eight times 255 · 2⁷ at 4 bits. A
    /// group of threads for each output.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(rows, stride), as values.</param>
    /// <param name="stride">From one row of x to the next.</param>
    /// <param name="grid">The grid of the inputs.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="epilogue">What happens to the sums.</param>
    /// <param name="status">One more than the first of four places of which one is not finite, and NaN; untouched if all are.</param>
    public static void Multiply<TCodes>(
        ProductShape shape, ArrayView<float> x, int stride, RoundingGrid grid, ShiftWeights<TCodes> weights, ArrayView<float> y, SumEpilogue epilogue, ArrayView<int> status)
        where TCodes : struct, ICodes
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var first = Grid.IdxY * stride;
        var sum = 0f;
        for (var octet = Group.IdxX; octet < shape.Columns.Octets; octet += Group.DimX)
        {
            var group = shape.Columns.GroupOf(octet);
            var column = shape.Columns.First(octet, group);
            var values = Guarded.Load(x, first + column, 1, shape.Columns.End(group) - column);
            var eight = weights.Load(Grid.IdxX, octet);
            var total = Four(values.Low, eight.Low, grid, weights) + Four(values.High, eight.High, grid, weights);
            sum += total * weights.Scale(Grid.IdxX, group);
            Note(values.Low, first + column, status);
            Note(values.High, first + column + Square, status);
        }

        sum = DeviceReduce.Sum(shared, sum);
        if (Group.IdxX == 0)
        {
            epilogue.Store(y, (Grid.IdxY * shape.Outputs) + Grid.IdxX, 0, Grid.IdxX, sum * grid.Scale);
        }
    }

    private static void Note(Float4 values, int place, ArrayView<int> status)
    {
        // A difference of infinities or NaN is not 0, and stays so in a sum.
        var differences = (values.X - values.X) + (values.Y - values.Y) + (values.Z - values.Z) + (values.W - values.W);
        if (differences != 0)
        {
            status[0] = place + 1;
            status[1] = (int)Interop.FloatAsInt(differences);
        }
    }

    private static int Four<TCodes>(Float4 values, uint codes, RoundingGrid grid, ShiftWeights<TCodes> weights)
        where TCodes : struct, ICodes =>
        weights.Shift((int)grid.Steps(values.X), codes & 0xFF)
        + weights.Shift((int)grid.Steps(values.Y), (codes >> 8) & 0xFF)
        + weights.Shift((int)grid.Steps(values.Z), (codes >> 16) & 0xFF)
        + weights.Shift((int)grid.Steps(values.W), codes >> 24);
}
