using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>A linear layer: floats, codes with or without a low-rank term beside them, or sparse rows; with an activation after it, which costs no pass over memory.</summary>
public sealed class DeviceLinear : DeviceLayer
{
    private readonly int inFeatures;
    private readonly int outFeatures;
    private readonly ProductLauncher launcher;
    private readonly DeviceActivation activation;
    private readonly ArrayView<float> bias;
    private readonly WeightMatrix? weight;
    private readonly SparseDevice? sparse;
    private readonly LowRankBranch? branch;
    private readonly RoundedInputs? rounding;
    private readonly ShiftProduct? shift;
    private readonly int dotRows;

    /// <summary>Uploads a layer.</summary>
    internal DeviceLinear(KernelSet kernels, FoldedLinear layer, LaunchConfiguration launch, DeviceActivation activation, WeightPrecision precision)
        : base(kernels, layer.Name)
    {
        (inFeatures, outFeatures) = (layer.InFeatures, layer.OutFeatures);
        this.activation = activation;
        launcher = new ProductLauncher(kernels, launch);
        dotRows = launch.DotRows;
        bias = Memory.Upload(layer.Bias);
        rounding = layer.Activation is { } grid ? new RoundedInputs(kernels, Memory, layer.Name, grid, Own(new ScratchBuffer(kernels.Accelerator))) : null;
        if (layer is FoldedSparseLinear { Rows: var rows })
        {
            sparse = new SparseDevice(kernels, Memory, rows);
            return;
        }

        weight = layer.Quantized is { } codes
            ? WeightMatrix.OfCodes(Memory, codes)
            : WeightMatrix.OfFloats(Memory, layer.Weight, outFeatures, inFeatures, precision);
        if (layer.Quantized is { Format.Rank: > 0 } branched)
        {
            branch = new LowRankBranch(Memory, branched, inFeatures, launcher, Own(new ScratchBuffer(kernels.Accelerator)));
        }
        else if (rounding is not null && layer.Quantized is { } powers)
        {
            shift = ShiftProduct.Of(kernels, Memory, powers);
        }
    }

    internal override IEnumerable<InputStatus> Statuses => rounding is null ? [] : [rounding.Status];

    /// <summary>Enqueues y = f(x Wᵀ + b).</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">(rows, in).</param>
    /// <param name="y">(rows, out).</param>
    /// <param name="rows">The rows.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int rows)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var epilogue = new SumEpilogue(bias, Segment.None, 1, 0, branch is null ? activation : DeviceActivation.None);
        if (shift is not null && rows < dotRows)
        {
            shift.Multiply(stream, rounding!, x, y, rows, epilogue);
            return;
        }

        var inputs = rounding is null ? x : rounding.Round(stream, x, rows * inFeatures);
        if (sparse is not null)
        {
            sparse.Multiply(stream, inputs, y, rows, epilogue);
            return;
        }

        weight!.MultiplyRows(launcher, stream, new ProductShape(rows, outFeatures, weight.Columns, Segment.None, Segment.None, Segment.None), inputs, y, epilogue);
        branch?.Add(stream, inputs, y, rows, activation);
    }
}
