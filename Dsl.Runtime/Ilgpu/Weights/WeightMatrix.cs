using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>A weight that lies on the device, in whatever form it was folded to.</summary>
internal abstract class WeightMatrix
{
    private protected WeightMatrix(Columns columns) => Columns = columns;

    /// <summary>How its columns are cut into octets.</summary>
    public Columns Columns { get; }

    /// <summary>Multiplies rows of values.</summary>
    public abstract void MultiplyRows(ProductLauncher launcher, AcceleratorStream stream, ProductShape shape, ArrayView<float> x, ArrayView<float> y, SumEpilogue epilogue);

    /// <summary>Multiplies the patches of images, a product for each group of channels.</summary>
    public abstract void MultiplyPatches(
        ProductLauncher launcher, AcceleratorStream stream, ProductShape shape, Patches x, OutputPlanes outputs, ArrayView<float> y, SumEpilogue epilogue, int products);

    /// <summary>Uploads a weight in floats.</summary>
    /// <param name="memory">Who frees it.</param>
    /// <param name="values">(rows, columns), row major.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="precision">How it lies on the device.</param>
    public static WeightMatrix OfFloats(DeviceMemory memory, ReadOnlySpan<float> values, int rows, int columns, WeightPrecision precision)
    {
        var shape = new Columns(columns, columns);
        var padded = WeightLayout.Pad(values, rows, columns, shape.Octets * Octet.Count);
        return precision == WeightPrecision.Half
            ? new WeightMatrix<HalfWeights>(shape, new HalfWeights(memory.Upload<Half4>(WeightLayout.Halves(padded)), shape.Octets))
            : new WeightMatrix<FloatWeights>(shape, new FloatWeights(memory.Upload<Float4>(WeightLayout.Vectors(padded)), shape.Octets));
    }

    /// <summary>Uploads a weight in codes, which stay codes.</summary>
    /// <param name="memory">Who frees it.</param>
    /// <param name="weight">The weight; its low-rank term is not part of it.</param>
    public static WeightMatrix OfCodes(DeviceMemory memory, QuantizedWeight weight)
    {
        var (format, codes) = (weight.Format, weight.Codes);
        var columns = new Columns(codes.Columns, format.GroupSize == 0 ? codes.Columns : Math.Min(format.GroupSize, codes.Columns));
        var rowScales = format.GroupSize == 0 ? 0 : columns.Groups;
        var layout = WeightLayout.Of(codes, columns, isPlanes: format.Planes > 0);
        var words = memory.Upload<uint>(layout.Words);
        var scales = memory.Upload(weight.Scales);
        if (format.Planes > 0)
        {
            var binary = new BinaryWeights(words, format.Planes, layout.PlaneWords, scales, weight.Scales.Length / format.Planes, rowScales);
            return new WeightMatrix<BinaryWeights>(columns, binary);
        }

        var packed = new PackedParts(columns, words, layout.RowWords, scales, memory.Upload(weight.Zeros), rowScales);
        return codes.Bits switch
        {
            8 => WithLevels(memory, packed, format, new Bytes()),
            4 => WithLevels(memory, packed, format, new Nibbles()),
            2 => WithLevels(memory, packed, format, new BitPairs()),
            _ => WithLevels(memory, packed, format, new BitPlanes(codes.Bits, layout.PlaneWords)),
        };
    }

    private static WeightMatrix WithLevels<TCodes>(DeviceMemory memory, PackedParts parts, QuantizedFormat format, TCodes codes)
        where TCodes : struct, ICodes
    {
        if (LevelTables.AreSteps(format.Levels))
        {
            return Make(parts, codes, new StepLevels(format.Levels[0]));
        }

        return LevelTables.ArePowers(format.Levels)
            ? Make(parts, codes, new PowerLevels(format.Levels.Count / 2))
            : Make(parts, codes, new TableLevels(memory.Upload<float>([.. format.Levels])));
    }

    private static WeightMatrix<PackedWeights<TCodes, TLevels>> Make<TCodes, TLevels>(PackedParts parts, TCodes codes, TLevels levels)
        where TCodes : struct, ICodes
        where TLevels : struct, ILevels =>
        new(parts.Columns, new PackedWeights<TCodes, TLevels>(parts.Words, parts.RowWords, parts.Scales, parts.Zeros, parts.RowScales, codes, levels));

    private readonly record struct PackedParts(Columns Columns, ArrayView<uint> Words, int RowWords, ArrayView<float> Scales, ArrayView<float> Zeros, int RowScales);
}

/// <summary>A weight in a form that the compiler of kernels knows.</summary>
/// <typeparam name="TWeights">The form.</typeparam>
internal sealed class WeightMatrix<TWeights>(Columns columns, TWeights weights) : WeightMatrix(columns)
    where TWeights : struct, IWeights
{
    public override void MultiplyRows(ProductLauncher launcher, AcceleratorStream stream, ProductShape shape, ArrayView<float> x, ArrayView<float> y, SumEpilogue epilogue) =>
        launcher.Rows(stream, shape, x, shape.Columns.Count, weights, new OutputRows(shape.Outputs), y, epilogue);

    public override void MultiplyPatches(
        ProductLauncher launcher, AcceleratorStream stream, ProductShape shape, Patches x, OutputPlanes outputs, ArrayView<float> y, SumEpilogue epilogue, int products) =>
        launcher.Run(stream, shape, x, weights, outputs, y, epilogue, products);
}
