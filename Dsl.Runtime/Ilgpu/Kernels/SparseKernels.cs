using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Products with a weight stored by its numbers that are not zero.</summary>
internal static class SparseKernels
{
    /// <summary>y[r,o] = f(Σ_k x[r,columns[k]] · values[k] + b[o]), a group of threads for each output, which share its numbers among them.</summary>
    /// <param name="x">(rows, stride).</param>
    /// <param name="stride">From one row of x to the next.</param>
    /// <param name="values">The numbers, output after output.</param>
    /// <param name="columns">The column of each.</param>
    /// <param name="starts">Where each output starts among them, and last their count.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="epilogue">What happens to the sums.</param>
    public static void Multiply(
        ArrayView<float> x, int stride, ArrayView<float> values, ArrayView<int> columns, ArrayView<int> starts, ArrayView<float> y, int outputs, SumEpilogue epilogue)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var first = Grid.IdxY * stride;
        var end = starts[Grid.IdxX + 1];
        var sum = 0f;
        for (var k = starts[Grid.IdxX] + Group.IdxX; k < end; k += Group.DimX)
        {
            sum += values[k] * x[first + columns[k]];
        }

        sum = DeviceReduce.Sum(shared, sum);
        if (Group.IdxX == 0)
        {
            epilogue.Store(y, (Grid.IdxY * outputs) + Grid.IdxX, 0, Grid.IdxX, sum);
        }
    }
}
