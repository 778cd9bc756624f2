using System.Reflection;
using ILGPU;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Weights;
using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>The kernels of training: those of the library, and those that are generated for the layers of a model that has one of each kind.</summary>
internal static class TrainingCatalog
{
    private const string Model = """
        [LayerModel(4, 12, 12)] public sealed partial class M : nn.Module<Tensor, Tensor>
        {
            [Conv2d(4, 16, 3), Compander] public partial Layer Stem { get; }
            [BatchNorm2d(16)] public partial Layer Norm { get; }
            [Conv2d(16, 8, 3), LowRank(2)] public partial Layer Next { get; }
            [LayerNorm(512)] public partial Layer Rows { get; }
            [Linear(512, 64), Quantize(Bits = 4)] public partial Layer A { get; }
            [RmsNorm(64)] public partial Layer Rms { get; }
            [Linear(64, 48), Compander] public partial Layer B { get; }
            [Linear(48, 32), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 16), LowRank(4)] public partial Layer C { get; }
            [Linear(32, 16), SparseIso(0.5)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x)
            {
                var rows = Rows.forward(Next.forward(nn.functional.relu(Norm.forward(Stem.forward(x)))).flatten(1));
                return Head.forward(nn.functional.gelu(C.forward(nn.functional.relu(B.forward(Rms.forward(A.forward(rows)))))));
            }
        }
        """;

    private static readonly Lazy<(GeneratorRun Run, IReadOnlyDictionary<string, MethodInfo> Kernels)> Generation = new(Generate);

    /// <summary>The kernels of the library.</summary>
    public static IReadOnlyList<CatalogKernel> Library { get; } =
    [
        Tiled<AlignedRows, ValueColumns, OutputRows>("product, right as it lies"),
        Tiled<ColumnRows, ValueColumns, OutputRows>("product, left transposed"),
        Tiled<ColumnRows, ValueRows, OutputRows>("product, both transposed"),
        Tiled<PlainRows, ValueRows, OutputRows>("product, right transposed, any rows"),
        Grouped((Action<ProductShape, AlignedRows, ValueRows, OutputRows, ArrayView<float>, SumEpilogue>)ProductKernels.Dot<AlignedRows, ValueRows, OutputRows>, "product of few rows", "8 inputs and 4 × 8 weights", 160),
        Tiled<Patches, ValueRows, OutputPlanes>("convolution"),
        Tiled<PlaneColumns, PatchColumns, OutputRows>("gradient of a convolution's kernel"),
        Tiled<TransposedPatches, KernelColumns, OutputPlanes>("gradient of a convolution's image"),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, int, int>)ImageGradients.SumParts, "sum of parts", "value of a part", 4),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>, TrainedPoolShape>)ImageGradients.MaxPool, "max pool with places", "value of a window", 4),
        Indexed((Action<Index1D, ArrayView<int>, ArrayView<float>, ArrayView<float>, TrainedPoolShape>)ImageGradients.MaxPoolGradient, "gradient of max pool", "window of a place", 8),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, TrainedPoolShape>)ImageGradients.AveragePool, "average pool in training", "value of a window", 4),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, TrainedPoolShape>)ImageGradients.AveragePoolGradient, "gradient of average pool", "window of a place", 4),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, Divisor, float>)ImageGradients.GlobalAverageGradient, "gradient of global average", "value", 8),
        Grouped((Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, int>)MatrixKernels.Invert, "inverse of a matrix", "value of a row", 8),
        Grouped((Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, PlaneShape>)PlaneKernels.Fit, "fit of binary planes", "weight and plane", 8),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, Divisor, ArrayView<int>>)TableKernels.Read, "rows of a table", "value", 8),
        Grouped((Action<ArrayView<float>, ArrayView<long>, int, int>)TableKernels.SortBlocks, "indices sorted in blocks", "value", 12),
        Indexed((Action<Index1D, ArrayView<long>, ArrayView<long>, int>)TableKernels.Merge, "merge of sorted indices", "step of a search", 8),
        Indexed((Action<Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, ArrayView<float>, RowSumShape>)TableKernels.SumChunks, "sum of rows by index", "value of a row", 12),
        Indexed((Action<Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, RowSumShape>)TableKernels.JoinChunks, "sums of rows over chunks", "value of a part", 12),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>>)TableKernels.CopyUnlessNoted, "copy unless an index has no row", "value", 12),
        Indexed((Action<Index1D, ArrayView<float>, uint, uint, PhiloxKey>)RandomKernels.Dither, "random numbers", "four values", 16),
        Grouped((Action<ArrayView<float>, ArrayView<int>, ArrayView<float>, ArrayView<float>, int, float>)TrainingKernels.CrossEntropy, "cross-entropy and its gradient", "value", 8),
        Grouped((Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>)TrainingKernels.SoftmaxGradient, "gradient of softmax", "value", 12),
        Grouped((Action<ArrayView<float>, ArrayView<float>, int, float>)TrainingKernels.SumAll, "sum of all", "value of the sum", 4),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>>)TrainingKernels.Add, "sum of gradients", "value", 12),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, SgdStep>)TrainingKernels.Sgd, "Sgd", "value", 12),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, SgdStep>)TrainingKernels.SgdMomentum, "SgdMomentum", "value", 20),
        Indexed((Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AdamWStep>)TrainingKernels.AdamW, "AdamW", "value", 28),
    ];

    /// <summary>The run of the generator that made the others.</summary>
    public static GeneratorRun Run => Generation.Value.Run;

    /// <summary>All generated kernels, by the name of their class and method.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> Generated => Generation.Value.Kernels;

    /// <summary>The generated kernels that stand for their kind in tables.</summary>
    public static IReadOnlyList<CatalogKernel> Chosen =>
    [
        Of("BLayer.WeightRows", "generated: Compander", "value", 8),
        Of("BLayer.GradVRows", "generated: gradient of Compander", "value", 12),
        Of("ALayer.RoundedRows", "generated: Quantize, 4 bits", "value", 8),
        Of("HeadLayer.MaskedRows", "generated: SparseIso", "value", 12),
        Of("RowsLayer.NormalizedRows", "generated: layer norm", "value", 8),
        Of("RowsLayer.GradXRows", "generated: gradient of layer norm", "value", 12),
        Of("RmsLayer.NormalizedRows", "generated: rms norm", "value", 8),
        Of("NormLayer.TotalSum", "generated: sum of a channel", "value of the sum", 4),
        Of("NormLayer.YValues", "generated: batch norm", "value", 8),
        Of("StemLayer.GradBiasSum", "generated: gradient of a bias", "value of the sum", 4),
    ];

    public static bool IsGrouped(MethodInfo kernel) => kernel.GetParameters()[0].ParameterType != typeof(Index1D);

    private static (GeneratorRun Run, IReadOnlyDictionary<string, MethodInfo> Kernels) Generate()
    {
        var run = GeneratorRun.OnDevice(Model);
        Assert.Empty(run.Diagnostics);
        var kernels = run.Load().GetType("M")!.GetNestedTypes().Where(type => type.Name.EndsWith("OnDevice", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic)).Where(method => method.ReturnType == typeof(void));
        return (run, kernels.ToDictionary(method => method.DeclaringType!.Name.Replace("OnDevice", string.Empty, StringComparison.Ordinal) + "." + method.Name));
    }

    private static CatalogKernel Of(string kernel, string name, string unit, double bytes) => new(name, Generated[kernel + "Kernel"], IsGrouped(Generated[kernel + "Kernel"]), unit, bytes);

    private static CatalogKernel Tiled<TInputs, TWeights, TOutputs>(string name)
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights
        where TOutputs : struct, IOutputs =>
        Grouped((Action<ProductShape, TInputs, TWeights, TOutputs, ArrayView<float>, SumEpilogue>)ProductKernels.Tiled<Tile64, TInputs, TWeights, TOutputs>, "tiled " + name, "8 inputs and 8 weights", 64);

    private static CatalogKernel Grouped(Delegate kernel, string name, string unit, double bytes) => new(name, kernel.Method, true, unit, bytes);

    private static CatalogKernel Indexed(Delegate kernel, string name, string unit, double bytes) => new(name, kernel.Method, false, unit, bytes);
}
