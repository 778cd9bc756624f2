using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu;

/// <summary>Products of matrices that change from step to step: they lie as they are, and nothing is filled up or transposed before.</summary>
internal static class TrainingProducts
{
    private const int DotThreads = 64;
    private const int FewRows = 8;

    public static void Multiply(KernelSet kernels, AcceleratorStream stream, ArrayView<float> left, ArrayView<float> right, ArrayView<float> y, MatrixProduct product, ArrayView<float> bias)
    {
        var (rows, columns, inner) = (product.Rows, product.Columns, product.Inner);
        var shape = new ProductShape(rows, columns, new Columns(inner, inner), Segment.Every(rows * inner), Segment.Every(inner * columns), Segment.Every(rows * columns));
        var epilogue = new SumEpilogue(bias, Segment.None, product.Factor, product.Adds ? 1 : 0, DeviceActivation.None);
        if (product.RightIsTransposed)
        {
            Multiply(kernels, stream, shape, left, new ValueRows(right, product.Inner), y, product, epilogue);
        }
        else
        {
            Multiply(kernels, stream, shape, left, new ValueColumns(right, product.Columns), y, product, epilogue);
        }
    }

    private static void Multiply<TWeights>(
        KernelSet kernels, AcceleratorStream stream, ProductShape shape, ArrayView<float> left, TWeights right, ArrayView<float> y, MatrixProduct product, SumEpilogue epilogue)
        where TWeights : struct, IWeights
    {
        var outputs = new OutputRows(product.Columns);
        var tile = TileFor(product.Rows, product.Columns);
        if (product.LeftIsTransposed || !product.RightIsTransposed)
        {
            // Neighbouring threads of a dot product read neighbouring columns, which are no neighbours in a matrix that lies across.
            var launcher = new ProductLauncher(kernels, new LaunchConfiguration(tile, DotThreads, DotRows: 0));
            if (product.LeftIsTransposed)
            {
                launcher.Run(stream, shape, new ColumnRows(left, product.Rows), right, outputs, y, epilogue, product.Products);
                return;
            }

            launcher.Rows(stream, shape, left, product.Inner, right, outputs, y, epilogue, product.Products);
            return;
        }

        new ProductLauncher(kernels, new LaunchConfiguration(tile, DotThreads, FewRows)).Rows(stream, shape, left, product.Inner, right, outputs, y, epilogue, product.Products);
    }

    /// <summary>The largest square that neither side of the result leaves more than half empty.</summary>
    internal static int TileFor(int rows, int columns) => Math.Min(rows, columns) switch
    {
        > 32 => 64,
        > 16 => 32,
        _ => 16,
    };
}
