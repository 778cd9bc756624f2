using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>A convolution as a product with patches that are never stored, for images of one size.</summary>
public sealed class DeviceConv2d : DeviceLayer
{
    private readonly Conv2dGeometry geometry;
    private readonly ProductLauncher launcher;
    private readonly DeviceActivation activation;
    private readonly ArrayView<float> bias;
    private readonly ArrayView<int> table;
    private readonly WeightMatrix weight;
    private readonly RoundedInputs? rounding;
    private readonly PatchShape patches;

    /// <summary>Uploads a layer.</summary>
    internal DeviceConv2d(KernelSet kernels, FoldedConv2d layer, int height, int width, LaunchConfiguration launch, DeviceActivation activation, WeightPrecision precision)
        : base(kernels, layer.Name)
    {
        geometry = layer.Geometry;
        this.activation = activation;
        launcher = new ProductLauncher(kernels, launch with { DotRows = 0 });
        bias = Memory.Upload(layer.Bias);
        rounding = layer.Activation is { } grid ? new RoundedInputs(kernels, Memory, layer.Name, grid, Own(new ScratchBuffer(kernels.Accelerator))) : null;
        weight = layer.Quantized is { } codes
            ? WeightMatrix.OfCodes(Memory, codes)
            : WeightMatrix.OfFloats(Memory, layer.Weight, geometry.OutChannels, geometry.InputsPerOutput, precision);
        var (down, across) = (geometry.OutputSize(height), geometry.OutputSize(width));
        patches = new PatchShape(geometry.InChannels * height * width, height, width, new Divisor(down * across), new Divisor(across), geometry.Stride, geometry.Padding);
        table = Memory.Upload<int>(PatchTables.Elements(geometry, height, width));
    }

    internal override IEnumerable<InputStatus> Statuses => rounding is null ? [] : [rounding.Status];

    /// <summary>Enqueues the convolution.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">(batch, in, height, width).</param>
    /// <param name="y">(batch, out, rows, columns).</param>
    /// <param name="batch">The images.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int batch)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var inputs = rounding is null ? x : rounding.Round(stream, x, batch * patches.ImageSize);
        var outputs = geometry.OutChannels / geometry.Groups;
        var shape = new ProductShape(
            batch * patches.Positions.Value,
            outputs,
            weight.Columns,
            Segment.Every(patches.ImageSize / geometry.Groups),
            Segment.Every(outputs),
            Segment.Every(outputs * patches.Positions.Value));
        var epilogue = new SumEpilogue(bias, Segment.Every(outputs), 1, 0, activation);
        weight.MultiplyPatches(
            launcher, stream, shape, new Patches(inputs, table, patches), new OutputPlanes(patches.Positions.Value, geometry.OutChannels * patches.Positions.Value), y, epilogue, geometry.Groups);
    }
}
