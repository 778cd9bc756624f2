using System.Collections.Immutable;

namespace LayerDsl.Generator.Declarations;

/// <summary>What generated code of any kind names plainly, so that it can be read: types, and members of torch. A test collects them from generated code.</summary>
internal static class LibraryNames
{
    private static readonly ImmutableHashSet<string> OfHosts =
    [
        // The language's and the framework's.
        "Action", "ArgumentNullException", "Array", "GeneratedCode", "GeneratedCodeAttribute", "ICollection", "IReadOnlyList", "Math", "MathF", "ReadOnlySpan", "Span", "var",

        // TorchSharp's.
        "ComponentName", "ComponentNameAttribute", "NewDisposeScope", "Parameter", "ScalarType", "Tensor", "nn", "no_grad", "torch",

        // Of every layer and model.
        "Activations", "ActivationFormat", "ActivationParameters", "ArenaLife", "ArenaPlan", "AttentionGeometry", "BinaryScales", "Codebook", "Compare", "Conv2dGeometry", "ConvolutionGradients", "Diagonals", "Epilogue", "EpilogueActivation",
        "EquatableList", "FactorizedWeightException", "FloatRows", "FoldReport", "FoldVerification", "FoldedAttention", "FoldedBatchNorm1d", "FoldedBatchNorm2d", "FoldedConv2d", "FoldedEmbedding", "FoldedLayerNorm", "FoldedLinear",
        "FoldedModel", "FoldedModelFile", "FoldedRmsNorm", "IRowKernel", "IVector", "Layer", "LayerCertificate", "LayerFunction", "LayerShapeException", "LayerSizes", "MaskSchedule", "MaskedParameter", "Matrices",
        "MergedWeightException", "ModelSize", "ModelState", "NoInverseException", "NormBound", "PlainAttention", "PooledBuffer", "Pooling", "ProjectionFormat", "QuantizedFormat", "RowMax", "RowSum", "Tables", "TensorLoop", "TieRule", "VectorMath",
    ];

    private static readonly ImmutableHashSet<string> OfDevices =
    [
        "Accelerator", "AcceleratorStream", "ArrayView", "DeviceActivation", "DeviceAttention", "DeviceBatchNorm2d", "DeviceConv2d", "DeviceEmbedding", "DeviceLinear", "DeviceMath", "DeviceModel", "DeviceOptimizer",
        "DeviceParameter", "DeviceReduce", "DeviceRowNorm", "DeviceTrainer", "Grid", "Group", "ImagePool", "Index1D", "KernelConfig", "LaunchConfiguration", "MatrixProduct", "RowValues", "SharedMemory", "TrainedAttention",
        "TrainedConvolution", "TrainedLayer", "TrainedTable", "TrainerShape", "WeightPrecision",
    ];

    /// <summary>All of them; of attributes both spellings.</summary>
    public static ImmutableArray<string> All { get; } = [.. OfHosts, .. OfDevices];

    public static bool Contains(string name) => OfHosts.Contains(name) || OfDevices.Contains(name);

    /// <summary>Whether classes use it that take sizes, which have no forms on devices.</summary>
    public static bool ContainsBesideSizes(string name) => OfHosts.Contains(name);
}
