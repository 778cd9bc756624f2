using System.Reflection;
using ILGPU;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>One compiled kernel: a method, with its type arguments.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Method">The method.</param>
/// <param name="IsGrouped">Whether it takes its group from the launch, or ILGPU adds an index.</param>
/// <param name="Unit">What its innermost loop over memory handles at a time, or a thread where there is none.</param>
/// <param name="MinimumBytes">How many bytes that takes from and to global memory at least.</param>
internal sealed record CatalogKernel(string Name, MethodInfo Method, bool IsGrouped, string Unit, double MinimumBytes)
{
    public override string ToString() => Name;
}

/// <summary>Every kernel of the package, each with every kind of weight that a folded layer may have.</summary>
internal static class KernelCatalog
{
    private const int TileOctets = 8;

    public static IReadOnlyList<CatalogKernel> All { get; } =
    [
        .. Products<FloatWeights>("f32", 32),
        .. Products<HalfWeights>("f16", 16),
        .. Packed<Nibbles>("4-bit", 4),
        .. Packed<Bytes>("8-bit", 8),
        .. Packed<BitPairs>("2-bit", 2),
        .. Packed<BitPlanes>("bit planes (3 bits)", 3),
        .. Products<BinaryWeights>("binary planes (2)", 2),
        Tiled<Tile32, AlignedRows, FloatWeights, OutputRows>("f32, tile 32", 8 * 4),
        Tiled<Tile16, PlainRows, FloatWeights, OutputRows>("f32, tile 16, any rows", 8 * 4),
        Tiled<Tile64, PlainRows, FloatWeights, OutputRows>("f32, any rows", 8 * 4),
        Tiled<Tile64, Patches, FloatWeights, OutputPlanes>("conv2d f32", 8 * 4),
        Tiled<Tile64, Patches, PackedWeights<Nibbles, StepLevels>, OutputPlanes>("conv2d 4-bit", 4),
        Tiled<Tile64, AlignedRows, ValueRows, OutputRows>("attention scores", 8 * 4),
        Tiled<Tile64, PlainRows, ValueColumns, OutputRows>("attention mean", 8 * 4),
        Shift<Nibbles>("shift and add 4-bit"),
        Shift<BitPairs>("shift and add 2-bit"),
        Shift<BitPlanes>("shift and add 3-bit"),
        Grouped((Action<ArrayView<float>, int, ArrayView<float>, ArrayView<int>, ArrayView<int>, ArrayView<float>, int, SumEpilogue>)SparseKernels.Multiply, "sparse rows", "weight", 12),
        Grouped((Action<ArrayView<float>, ArrayView<float>, int, float, float, int, ArrayView<float>, ArrayView<float>>)RowKernels.Normalize, "layer norm, rms norm", "value", 8),
        Grouped((Action<ArrayView<float>, ArrayView<float>, int, int, int, float>)RowKernels.Softmax, "softmax", "value", 8),
        Grouped((Action<ArrayView<float>, ArrayView<float>, int, float>)ImageKernels.GlobalAverage, "global average", "value", 4),
        Indexed((Action<Index2D, ArrayView<float>, ArrayView<float>, PoolShape>)ImageKernels.MaxPool, "max pool", "value of a window", 4),
        Indexed((Action<Index2D, ArrayView<float>, ArrayView<float>, PoolShape>)ImageKernels.AveragePool, "average pool", "value of a window", 4),
        Indexed((Action<Index2D, ArrayView<float>, ArrayView<float>, int, int, ArrayView<float>, ArrayView<float>>)ImageKernels.ScaleChannels, "batch norm", "value", 8),
        Indexed((Action<Index2D, ArrayView<float>, ArrayView<float>, int, ArrayView<float>, ArrayView<float>>)ImageKernels.ScaleFeatures, "batch norm of rows", "value", 8),
        Indexed((Action<Index2D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, ArrayView<int>>)ValueKernels.Embed, "embedding", "value", 8),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, RoundingGrid, ArrayView<int>>)ValueKernels.Round, "rounded inputs", "value", 8),
        Indexed((Action<Index2D, ArrayView<float>, ArrayView<float>, int>)ValueKernels.FollowByOne, "rows followed by a 1", "value", 8),
    ];

    public static CatalogKernel Named(string name) => All.Single(kernel => kernel.Name == name);

    private static IEnumerable<CatalogKernel> Packed<TCodes>(string name, int bits)
        where TCodes : unmanaged, ICodes =>
    [
        .. Products<PackedWeights<TCodes, StepLevels>>(name, bits),
        .. Products<PackedWeights<TCodes, PowerLevels>>(name + " powers of two", bits),
        .. Products<PackedWeights<TCodes, TableLevels>>(name + " codebook", bits),
    ];

    private static IEnumerable<CatalogKernel> Products<TWeights>(string name, int bits)
        where TWeights : struct, IWeights =>
    [
        Tiled<Tile64, AlignedRows, TWeights, OutputRows>(name, bits),
        Dot<AlignedRows, TWeights>(name, bits),
    ];

    private static CatalogKernel Tiled<TTile, TInputs, TWeights, TOutputs>(string name, double octetBytes)
        where TTile : struct, ITile
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights
        where TOutputs : struct, IOutputs =>
        Grouped((Action<ProductShape, TInputs, TWeights, TOutputs, ArrayView<float>, SumEpilogue>)ProductKernels.Tiled<TTile, TInputs, TWeights, TOutputs>, "tiled " + name, "8 inputs and 8 weights", (TileOctets * 4) + octetBytes);

    /// <summary>A turn of the loop: eight inputs, and eight weights of each of four outputs.</summary>
    private static CatalogKernel Dot<TInputs, TWeights>(string name, int bits)
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights =>
        Grouped((Action<ProductShape, TInputs, TWeights, OutputRows, ArrayView<float>, SumEpilogue>)ProductKernels.Dot<TInputs, TWeights, OutputRows>, "dot " + name, "8 inputs and 4 × 8 weights", 32 + (4 * bits));

    private static CatalogKernel Shift<TCodes>(string name)
        where TCodes : unmanaged, ICodes =>
        Grouped((Action<ProductShape, ArrayView<float>, int, RoundingGrid, ShiftWeights<TCodes>, ArrayView<float>, SumEpilogue, ArrayView<int>>)ShiftKernels.Multiply, name, "8 inputs and 8 weights", 32 + (name.Contains('4') ? 4 : name.Contains('2') ? 2 : 3));

    private static CatalogKernel Grouped(Delegate kernel, string name, string unit, double bytes) => new(name, kernel.Method, true, unit, bytes);

    private static CatalogKernel Indexed(Delegate kernel, string name, string unit, double bytes) => new(name, kernel.Method, false, unit, bytes);
}
