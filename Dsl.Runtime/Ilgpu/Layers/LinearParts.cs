using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>The term s · (x Aᵀ) Bᵀ beside codes.</summary>
internal sealed class LowRankBranch(DeviceMemory memory, QuantizedWeight weight, int inFeatures, ProductLauncher launcher, ScratchBuffer reduced)
{
    private readonly int outFeatures = weight.Codes.Rows;
    private readonly int rank = weight.Format.Rank;
    private readonly float scale = weight.Format.BranchScale;
    private readonly WeightMatrix down = WeightMatrix.OfFloats(memory, weight.Down, weight.Format.Rank, inFeatures, WeightPrecision.Single);
    private readonly WeightMatrix up = WeightMatrix.OfFloats(memory, weight.Up, weight.Codes.Rows, weight.Format.Rank, WeightPrecision.Single);

    /// <summary>y = f(y + s · (x Aᵀ) Bᵀ).</summary>
    public void Add(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int rows, DeviceActivation activation)
    {
        var middle = reduced.View(stream, checked(rows * rank));
        var plain = new SumEpilogue(ArrayView<float>.Empty, Segment.None, 1, 0, DeviceActivation.None);
        down.MultiplyRows(launcher, stream, new ProductShape(rows, rank, down.Columns, Segment.None, Segment.None, Segment.None), x, middle, plain);
        var added = new SumEpilogue(ArrayView<float>.Empty, Segment.None, scale, 1, activation);
        up.MultiplyRows(launcher, stream, new ProductShape(rows, outFeatures, up.Columns, Segment.None, Segment.None, Segment.None), middle, y, added);
    }
}

/// <summary>Inputs that are rounded to a grid before a layer computes.</summary>
internal sealed class RoundedInputs(KernelSet kernels, DeviceMemory memory, string layer, ActivationGrid grid, ScratchBuffer rounded)
{
    /// <summary>The grid as kernels take it.</summary>
    public RoundingGrid Grid { get; } = new(grid.Scale, grid.ZeroPoint, grid.Format.Lowest, grid.Format.Highest);

    /// <summary>Where an input that is not finite is noted.</summary>
    public InputStatus Status { get; } = new(memory, (place, value) => new NonFiniteActivationException(layer, place, value));

    /// <summary>The rounded inputs.</summary>
    public ArrayView<float> Round(AcceleratorStream stream, ArrayView<float> x, int count)
    {
        var y = rounded.View(stream, count);
        var round = kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, RoundingGrid, ArrayView<int>>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, RoundingGrid, ArrayView<int>>>(
            ValueKernels.Round, kernels.Accelerator.LoadAutoGroupedKernel);
        round(stream, count, x, y, Grid, Status.View);
        return y;
    }
}

/// <summary>A weight stored by its numbers that are not zero.</summary>
internal sealed class SparseDevice(KernelSet kernels, DeviceMemory memory, SparseRows rows)
{
    private readonly ArrayView<float> values = memory.Upload(rows.Values);
    private readonly ArrayView<int> columns = memory.Upload<int>(ColumnsOf(rows));
    private readonly ArrayView<int> starts = memory.Upload(rows.RowStarts);
    private readonly int threads = kernels.ThreadsFor(Math.Max(1, rows.Count / rows.Rows), 64);

    /// <summary>y = f(x Wᵀ + b).</summary>
    public void Multiply(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int batch, SumEpilogue epilogue)
    {
        var multiply = kernels.Get<Action<ArrayView<float>, int, ArrayView<float>, ArrayView<int>, ArrayView<int>, ArrayView<float>, int, SumEpilogue>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, int, ArrayView<float>, ArrayView<int>, ArrayView<int>, ArrayView<float>, int, SumEpilogue>>(
            SparseKernels.Multiply, kernels.Accelerator.LoadKernel);
        multiply(stream, new KernelConfig(new Index3D(rows.Rows, batch, 1), new Index3D(threads, 1, 1)), x, rows.Columns, values, columns, starts, y, rows.Rows, epilogue);
    }

    private static int[] ColumnsOf(SparseRows rows) => rows.HasShortColumns ? [.. rows.ShortColumns.ToArray().Select(column => (int)column)] : rows.LongColumns.ToArray();
}

/// <summary>The product of inputs in codes with powers of two.</summary>
internal abstract class ShiftProduct
{
    /// <summary>Up to so many codes the sum of an octet stays within 31 bits: 8 · 255 · 2¹⁵.</summary>
    private const int MostCodes = 32;

    /// <summary>The product, or null where the weight's levels are no powers of two or too many.</summary>
    public static ShiftProduct? Of(KernelSet kernels, DeviceMemory memory, QuantizedWeight weight)
    {
        if (weight.Format.Levels.Count is 0 or > MostCodes || !weight.Zeros.IsEmpty || !LevelTables.ArePowers(weight.Format.Levels))
        {
            return null;
        }

        var columns = new Columns(weight.Codes.Columns, weight.Format.GroupSize == 0 ? weight.Codes.Columns : Math.Min(weight.Format.GroupSize, weight.Codes.Columns));
        var layout = WeightLayout.Of(weight.Codes, columns, isPlanes: false);
        return weight.Codes.Bits switch
        {
            2 => new ShiftProduct<BitPairs>(kernels, memory, weight, columns, layout, new BitPairs()),
            4 => new ShiftProduct<Nibbles>(kernels, memory, weight, columns, layout, new Nibbles()),
            _ => new ShiftProduct<BitPlanes>(kernels, memory, weight, columns, layout, new BitPlanes(weight.Codes.Bits, layout.PlaneWords)),
        };
    }

    /// <summary>y = f(x Wᵀ + b).</summary>
    public abstract void Multiply(AcceleratorStream stream, RoundedInputs inputs, ArrayView<float> x, ArrayView<float> y, int rows, SumEpilogue epilogue);
}

/// <summary>The same for one layout of codes.</summary>
/// <typeparam name="TCodes">How codes lie in words.</typeparam>
internal sealed class ShiftProduct<TCodes>(KernelSet kernels, DeviceMemory memory, QuantizedWeight weight, Columns columns, WeightLayout layout, TCodes codes) : ShiftProduct
    where TCodes : struct, ICodes
{
    private readonly int outFeatures = weight.Codes.Rows;
    private readonly int threads = kernels.ThreadsFor(columns.Octets, 128);
    private readonly ShiftWeights<TCodes> weights = new(
        memory.Upload<uint>(layout.Words),
        layout.RowWords,
        memory.Upload<float>([.. weight.Scales.ToArray().Select(scale => MathF.ScaleB(scale, 1 - (weight.Format.Levels.Count / 2)))]),
        weight.Format.GroupSize == 0 ? 0 : columns.Groups,
        weight.Format.Levels.Count / 2,
        codes);

    public override void Multiply(AcceleratorStream stream, RoundedInputs inputs, ArrayView<float> x, ArrayView<float> y, int rows, SumEpilogue epilogue)
    {
        var multiply = kernels.Get<Action<ProductShape, ArrayView<float>, int, RoundingGrid, ShiftWeights<TCodes>, ArrayView<float>, SumEpilogue, ArrayView<int>>, Action<AcceleratorStream, KernelConfig, ProductShape, ArrayView<float>, int, RoundingGrid, ShiftWeights<TCodes>, ArrayView<float>, SumEpilogue, ArrayView<int>>>(
            ShiftKernels.Multiply, kernels.Accelerator.LoadKernel);
        var shape = new ProductShape(rows, outFeatures, columns, Segment.None, Segment.None, Segment.None);
        multiply(stream, new KernelConfig(new Index3D(outFeatures, rows, 1), new Index3D(threads, 1, 1)), shape, x, columns.Count, inputs.Grid, weights, y, epilogue, inputs.Status.View);
    }
}
