using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Launch;

/// <summary>Chooses the kernel of a product by its sizes, and launches it.</summary>
internal sealed class ProductLauncher(KernelSet kernels, LaunchConfiguration wanted)
{
    private readonly LaunchConfiguration configuration = wanted.Within(kernels.Accelerator);

    /// <summary>A product of rows of values with weights.</summary>
    /// <param name="stream">Where it is enqueued.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="stride">From one row of the inputs to the next.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="outputs">Where the outputs lie.</param>
    /// <param name="y">The outputs.</param>
    /// <param name="epilogue">What happens to the sums.</param>
    /// <param name="products">How many products there are.</param>
    public void Rows<TWeights>(
        AcceleratorStream stream, ProductShape shape, ArrayView<float> x, int stride, TWeights weights, OutputRows outputs, ArrayView<float> y, SumEpilogue epilogue, int products = 1)
        where TWeights : struct, IWeights
    {
        if (IsAligned(shape, stride) && StartsAtVector(x))
        {
            Run(stream, shape, new AlignedRows(x.SubView(0, x.Length / 4 * 4).Cast<Float4>(), stride / 4), weights, outputs, y, epilogue, products);
        }
        else
        {
            Run(stream, shape, new PlainRows(x, stride), weights, outputs, y, epilogue, products);
        }
    }

    /// <summary>A product of any inputs with weights, outputs in rows or planes.</summary>
    public void Run<TInputs, TWeights, TOutputs>(
        AcceleratorStream stream, ProductShape shape, TInputs x, TWeights weights, TOutputs outputs, ArrayView<float> y, SumEpilogue epilogue, int products)
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights
        where TOutputs : struct, IOutputs
    {
        if (shape.Rows < configuration.DotRows)
        {
            var dot = kernels.Get<Action<ProductShape, TInputs, TWeights, TOutputs, ArrayView<float>, SumEpilogue>, Action<AcceleratorStream, KernelConfig, ProductShape, TInputs, TWeights, TOutputs, ArrayView<float>, SumEpilogue>>(
                ProductKernels.Dot, kernels.Accelerator.LoadKernel);
            var groups = new Index3D(Ceiling(shape.Outputs, ProductKernels.OutputsPerGroup), shape.Rows, products);
            dot(stream, new KernelConfig(groups, new Index3D(configuration.DotThreads, 1, 1)), shape, x, weights, outputs, y, epilogue);
            return;
        }

        switch (configuration.Tile)
        {
            case 64:
                Tiled<Tile64, TInputs, TWeights, TOutputs>(stream, shape, x, weights, outputs, y, epilogue, products);
                break;
            case 32:
                Tiled<Tile32, TInputs, TWeights, TOutputs>(stream, shape, x, weights, outputs, y, epilogue, products);
                break;
            default:
                Tiled<Tile16, TInputs, TWeights, TOutputs>(stream, shape, x, weights, outputs, y, epilogue, products);
                break;
        }
    }

    /// <summary>Whether every octet of every row is whole and starts at a multiple of 16 bytes.</summary>
    internal static bool IsAligned(ProductShape shape, int stride) =>
        stride % 4 == 0 && shape.Columns.Count % Octet.Count == 0 && shape.Columns.GroupSize % Octet.Count == 0
        && shape.InputStart.OuterStride % 4 == 0 && shape.InputStart.InnerStride % 4 == 0;

    /// <summary>Whether the values start at a multiple of 16 bytes: a part of a buffer may start anywhere, and vector loads fault between two vectors.</summary>
    private static bool StartsAtVector(ArrayView<float> x) => (long)x.LoadEffectiveAddressAsPtr() % (4 * sizeof(float)) == 0;

    private void Tiled<TTile, TInputs, TWeights, TOutputs>(
        AcceleratorStream stream, ProductShape shape, TInputs x, TWeights weights, TOutputs outputs, ArrayView<float> y, SumEpilogue epilogue, int products)
        where TTile : struct, ITile
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights
        where TOutputs : struct, IOutputs
    {
        var tiled = kernels.Get<Action<ProductShape, TInputs, TWeights, TOutputs, ArrayView<float>, SumEpilogue>, Action<AcceleratorStream, KernelConfig, ProductShape, TInputs, TWeights, TOutputs, ArrayView<float>, SumEpilogue>>(
            ProductKernels.Tiled<TTile, TInputs, TWeights, TOutputs>, kernels.Accelerator.LoadKernel);
        var side = default(TTile).Side;
        var groups = new Index3D(Ceiling(shape.Rows, side), Ceiling(shape.Outputs, side), products);
        tiled(stream, new KernelConfig(groups, new Index3D(LaunchConfiguration.ThreadsOf(side), 1, 1)), shape, x, weights, outputs, y, epilogue);
    }

    private static int Ceiling(int count, int size) => (count + size - 1) / size;
}
