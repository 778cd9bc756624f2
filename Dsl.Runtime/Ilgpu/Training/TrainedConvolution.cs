using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu;

/// <summary>
/// A convolution and its gradients on a device, for images of one size: products of matrices of patches that are never stored. Every sum is made in one order, so that results do not
/// change from run to run.
/// </summary>
public sealed class TrainedConvolution
{
    /// <summary>Groups of threads that a product is cut for: some for each of the processors of a large device.</summary>
    private const int WantedGroups = 256;

    /// <summary>The least values that a part of the sum of a kernel's gradient is worth.</summary>
    private const int LeastInner = 1024;

    private readonly DeviceTrainer trainer;
    private readonly Conv2dGeometry geometry;
    private readonly PatchShape patches;
    private readonly TransposedShape transposed;
    private readonly ArrayView<int> elements;
    private readonly ArrayView<int> outputs;
    private readonly ArrayView<int> kernelPlaces;
    private readonly RowValues parts;

    internal TrainedConvolution(DeviceTrainer trainer, Conv2dGeometry geometry, int height, int width)
    {
        (this.trainer, this.geometry) = (trainer, geometry);
        var (down, across) = (geometry.OutputSize(height), geometry.OutputSize(width));
        patches = new PatchShape(geometry.InChannels * height * width, height, width, new Divisor(down * across), new Divisor(across), geometry.Stride, geometry.Padding);
        transposed = new TransposedShape(geometry.OutChannels * down * across, down, across, new Divisor(height * width), new Divisor(width), new Divisor(geometry.Stride), geometry.Padding);
        elements = trainer.UploadTable(PatchTables.Elements(geometry, height, width));
        outputs = trainer.UploadTable(PatchTables.Outputs(geometry, down * across));
        kernelPlaces = trainer.UploadTable(PatchTables.KernelPlaces(geometry));
        parts = trainer.NewRowBuffer();
    }

    private int GroupOutputs => geometry.OutChannels / geometry.Groups;

    private int GroupChannels => geometry.InChannels / geometry.Groups;

    private int Positions => patches.Positions.Value;

    private int WeightSize => geometry.OutChannels * geometry.InputsPerOutput;

    /// <summary>Enqueues the convolution.</summary>
    /// <param name="x">(batch, in, height, width).</param>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="y">(batch, out, rows, columns).</param>
    /// <param name="batch">The images.</param>
    /// <param name="bias">One for each output channel; empty for none.</param>
    public void Output(ArrayView<float> x, ArrayView<float> weight, ArrayView<float> y, int batch, ArrayView<float> bias = default)
    {
        var columns = geometry.InputsPerOutput;
        var shape = new ProductShape(
            batch * Positions,
            GroupOutputs,
            new Columns(columns, columns),
            Segment.Every(patches.ImageSize / geometry.Groups),
            Segment.Every(GroupOutputs * columns),
            Segment.Every(GroupOutputs * Positions));
        var epilogue = new SumEpilogue(bias, Segment.Every(GroupOutputs), 1, 0, DeviceActivation.None);
        Launcher(shape).Run(
            trainer.Stream, shape, new Patches(x, elements, patches), new ValueRows(weight, columns), new OutputPlanes(Positions, geometry.OutChannels * Positions), y, epilogue, geometry.Groups);
    }

    /// <summary>Enqueues the gradient of the kernel.</summary>
    /// <param name="x">(batch, in, height, width).</param>
    /// <param name="gradY">(batch, out, rows, columns).</param>
    /// <param name="gradWeight">(out, in / groups, kernel, kernel).</param>
    /// <param name="batch">The images.</param>
    public void KernelGradient(ArrayView<float> x, ArrayView<float> gradY, ArrayView<float> gradWeight, int batch)
    {
        var slices = SlicesOf(batch);
        var (images, columns) = (batch / slices, geometry.InputsPerOutput);
        var inner = images * Positions;
        var shape = new ProductShape(
            GroupOutputs,
            columns,
            new Columns(inner, inner),
            new Segment(geometry.Groups, 1, images * transposed.ImageSize, GroupOutputs * Positions),
            new Segment(geometry.Groups, 1, images * patches.ImageSize, patches.ImageSize / geometry.Groups),
            Segment.Every(GroupOutputs * columns));
        var target = slices == 1 ? gradWeight : parts.View(slices * WeightSize);
        var epilogue = new SumEpilogue(ArrayView<float>.Empty, Segment.None, 1, 0, DeviceActivation.None);
        Launcher(shape).Run(
            trainer.Stream, shape, new PlaneColumns(gradY, patches.Positions, transposed.ImageSize), new PatchColumns(x, elements, patches), new OutputRows(columns), target, epilogue, slices * geometry.Groups);
        if (slices > 1)
        {
            var sum = trainer.Kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, int, int>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, int, int>>(
                ImageGradients.SumParts, trainer.Accelerator.LoadAutoGroupedKernel);
            sum(trainer.Stream, WeightSize, target, gradWeight, WeightSize, slices);
        }
    }

    /// <summary>Enqueues the gradient of the images.</summary>
    /// <param name="gradY">(batch, out, rows, columns).</param>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="gradX">(batch, in, height, width).</param>
    /// <param name="batch">The images.</param>
    public void ImageGradient(ArrayView<float> gradY, ArrayView<float> weight, ArrayView<float> gradX, int batch)
    {
        var size = geometry.KernelSize * geometry.KernelSize;
        var columns = GroupOutputs * size;
        var shape = new ProductShape(
            batch * transposed.Plane.Value,
            GroupChannels,
            new Columns(columns, columns),
            Segment.Every(GroupOutputs * Positions),
            Segment.Every(GroupOutputs * geometry.InputsPerOutput),
            Segment.Every(GroupChannels * transposed.Plane.Value));
        var epilogue = new SumEpilogue(ArrayView<float>.Empty, Segment.None, 1, 0, DeviceActivation.None);
        Launcher(shape).Run(
            trainer.Stream,
            shape,
            new TransposedPatches(gradY, outputs, transposed),
            new KernelColumns(weight, kernelPlaces, size),
            new OutputPlanes(transposed.Plane.Value, patches.ImageSize),
            gradX,
            epilogue,
            geometry.Groups);
    }

    private ProductLauncher Launcher(ProductShape shape) => new(trainer.Kernels, new LaunchConfiguration(TrainingProducts.TileFor(shape.Rows, shape.Outputs), DotThreads: 32, DotRows: 0));

    /// <summary>
    /// In how many parts of whole images the sum of the kernel's gradient is made: a small kernel and a large batch are few outputs with long sums, which would leave most of a device idle.
    /// </summary>
    private int SlicesOf(int batch)
    {
        var tile = TrainingProducts.TileFor(GroupOutputs, geometry.InputsPerOutput);
        var groups = geometry.Groups * Ceiling(GroupOutputs, tile) * Ceiling(geometry.InputsPerOutput, tile);
        var most = Math.Min(Math.Min(WantedGroups / Math.Max(groups, 1), (int)((long)batch * Positions / LeastInner)), batch);
        var slices = Math.Max(most, 1);
        while (batch % slices != 0)
        {
            slices--;
        }

        return slices;
    }

    private static int Ceiling(int count, int size) => (count + size - 1) / size;
}
