namespace LayerDsl;

/// <summary>
/// A model ready for inference, without libtorch: the base of every generated <c>Folded</c> class. Immutable, and safe to use
/// from many threads at once.
/// </summary>
public abstract partial class FoldedModel
{
    /// <summary>A large batch goes through in parts, so that the values between the layers stay small and in the cache.</summary>
    private const int RowsAtOnce = 128;

    private readonly string signature;
    private readonly FoldedLayer[] layers;

    /// <summary>Called by generated code.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="signature">A text that tells layers and sizes; a file saved under another signature is refused.</param>
    /// <param name="inputSize">Values per input sample.</param>
    /// <param name="outputSize">Values per output sample.</param>
    /// <param name="layers">The layers, each with a name of its own.</param>
    /// <exception cref="LayerShapeException">A size is not positive.</exception>
    /// <exception cref="ArgumentException">Two layers have the same name.</exception>
    protected FoldedModel(string modelName, string signature, int inputSize, int outputSize, IReadOnlyList<FoldedLayer> layers)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelName);
        ArgumentException.ThrowIfNullOrEmpty(signature);
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers)
        {
            ArgumentNullException.ThrowIfNull(layer, nameof(layers));
        }

        Require.Positive(modelName, "input size", inputSize);
        Require.Positive(modelName, "output size", outputSize);
        if (layers.CountBy(layer => layer.Name).FirstOrDefault(pair => pair.Value > 1) is { Key: { } name })
        {
            throw new ArgumentException($"'{modelName}': two layers are named '{name}'. Pass each layer once, under a name of its own.", nameof(layers));
        }

        ModelName = modelName;
        Sizes = EquatableList.Create<ModelSize>([]);
        InputSize = inputSize;
        OutputSize = outputSize;
        this.signature = signature;
        this.layers = [.. layers];
        Layers = this.layers.AsReadOnly();
    }

    /// <summary>Called by generated code of a model whose constructor takes sizes.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="signature">A text that tells layers; a file saved under another signature is refused.</param>
    /// <param name="inputSize">Values per input sample.</param>
    /// <param name="outputSize">Values per output sample.</param>
    /// <param name="layers">The layers, each with a name of its own.</param>
    /// <param name="sizes">The sizes, which are saved with the layers.</param>
    /// <exception cref="LayerShapeException">A size is not positive.</exception>
    /// <exception cref="ArgumentException">Two layers have the same name.</exception>
    protected FoldedModel(string modelName, string signature, int inputSize, int outputSize, IReadOnlyList<FoldedLayer> layers, IReadOnlyList<ModelSize> sizes)
        : this(modelName, signature, WithPositive(sizes, modelName, inputSize), outputSize, layers)
    {
        Sizes = EquatableList.Create<ModelSize>([.. sizes]);
    }

    /// <summary>The sizes are looked at before what follows from them, so that the one that is wrong is named.</summary>
    private static int WithPositive(IReadOnlyList<ModelSize> sizes, string modelName, int inputSize)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        foreach (var size in sizes)
        {
            Require.Positive(modelName, size.Name, size.Value);
        }

        return inputSize;
    }

    /// <summary>The sizes that the model's constructor took; none where all are numbers.</summary>
    public IReadOnlyList<ModelSize> Sizes { get; }

    /// <summary>The model's name.</summary>
    public string ModelName { get; }

    /// <summary>Values per input sample.</summary>
    public int InputSize { get; }

    /// <summary>Values per output sample.</summary>
    public int OutputSize { get; }

    /// <summary>The layers, in order of declaration.</summary>
    public IReadOnlyList<FoldedLayer> Layers { get; }

    /// <summary>
    /// Sets <see cref="FoldedQuantizedLinear.Precision"/> of all layers with a weight in codes, those of attentions too: with <see cref="ActivationPrecision.Int8"/> they round
    /// their inputs to 8 bits, faster and approximately. <see cref="FoldedQuantizedLinear.Precision"/> says what that costs, and sets single layers.
    /// </summary>
    /// <param name="precision">For all layers.</param>
    public void SetPrecision(ActivationPrecision precision)
    {
        foreach (var layer in layers.SelectMany(Parts).OfType<FoldedQuantizedLinear>())
        {
            layer.Precision = precision;
        }

        static IEnumerable<FoldedLayer> Parts(FoldedLayer layer) => layer is FoldedAttention attention ? attention.Projections : [layer];
    }

    /// <summary>How many numbers the model holds.</summary>
    public long ParameterCount => layers.Sum(layer => layer.ParameterCount);

    /// <summary>How many bytes they take.</summary>
    public long ByteCount => layers.Sum(layer => layer.ByteCount);

    /// <summary>Runs the model on a batch. Allocates nothing but pooled buffers.</summary>
    /// <param name="x">The input, shape (batch, <see cref="InputSize"/>), row major.</param>
    /// <param name="y">The output, shape (batch, <see cref="OutputSize"/>), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch)
    {
        Require.Positive(ModelName, "samples of the batch", batch);
        Require.Rows(ModelName, "length of the input", batch, InputSize, x.Length);
        Require.Rows(ModelName, "length of the output", batch, OutputSize, y.Length);
        Require.Separate(ModelName, x, y);
        var rows = 0;
        for (var first = 0; first < batch; first += rows)
        {
            rows = Math.Min(RowsAtOnce, batch - first);
            Run(x.Slice(first * InputSize, rows * InputSize), y.Slice(first * OutputSize, rows * OutputSize), rows);
        }
    }

    /// <summary>Writes the model as a safetensors file that the generated <c>Load</c> reads. An existing file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FoldedFileException">The file could not be written; what was there before is untouched.</exception>
    public void Save(string path)
    {
        var tensors = layers.SelectMany(layer => layer.AllTensors).ToArray();
        var sizes = Sizes.Count == 0 ? null : FoldedModelFile.Text(Sizes);
        var metadata = new Dictionary<string, string>(FoldedModelFile.Metadata(ModelName, signature)) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(tensors, sizes) };
        if (sizes is not null)
        {
            metadata[FoldedModelFile.SizesKey] = sizes;
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Refuses a layer that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="inFeatures">Its declared input size.</param>
    /// <param name="outFeatures">Its declared output size.</param>
    /// <param name="bias">Whether it is declared with a bias.</param>
    /// <param name="activation">The declared format of its input's codes; null for none.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name or size is another.</exception>
    protected static FoldedLinear RequireLinear(FoldedLinear layer, string name, int inFeatures, int outFeatures, bool bias, ActivationFormat? activation = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        RequireActivation(name, layer, activation);
        return (layer.Name, layer.InFeatures, layer.OutFeatures, layer.HasBias) == (name, inFeatures, outFeatures, bias)
            ? layer
            : throw new LayerShapeException(
                name, "layer", Describe(name, inFeatures, outFeatures, bias), Describe(layer.Name, layer.InFeatures, layer.OutFeatures, layer.HasBias));

        static string Describe(string name, int inFeatures, int outFeatures, bool bias) => $"{name} ({inFeatures} → {outFeatures}{(bias ? "" : ", no bias")})";
    }

    /// <summary>Refuses a layer that is not the one declared, with a weight in codes.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="inFeatures">Its declared input size.</param>
    /// <param name="outFeatures">Its declared output size.</param>
    /// <param name="bias">Whether it is declared with a bias.</param>
    /// <param name="format">Its declared format.</param>
    /// <param name="activation">The declared format of its input's codes; null for none.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name, size or format is another.</exception>
    protected static FoldedLinear RequireLinear(FoldedLinear layer, string name, int inFeatures, int outFeatures, bool bias, QuantizedFormat format, ActivationFormat? activation = null)
    {
        _ = RequireLinear(layer, name, inFeatures, outFeatures, bias, activation);
        RequireFormat(name, layer.Quantized, format);
        return layer;
    }

    /// <summary>Refuses a convolution that is not the one declared, with a weight in codes.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="geometry">Its declared sizes.</param>
    /// <param name="bias">Whether it is declared with a bias.</param>
    /// <param name="format">Its declared format.</param>
    /// <param name="activation">The declared format of its input's codes; null for none.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name, size or format is another.</exception>
    protected static FoldedConv2d RequireConv2d(FoldedConv2d layer, string name, Conv2dGeometry geometry, bool bias, QuantizedFormat format, ActivationFormat? activation = null)
    {
        _ = RequireConv2d(layer, name, geometry, bias, activation);
        RequireFormat(name, layer.Quantized, format);
        return layer;
    }

    private static void RequireFormat(string name, QuantizedWeight? weight, QuantizedFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (weight?.Format != format)
        {
            throw new LayerShapeException(name, "format", $"{format.Scheme}, {format.Bits} bits", weight is null ? "32-bit floats" : $"{weight.Format.Scheme}, {weight.Format.Bits} bits");
        }
    }

    private static void RequireActivation(string name, FoldedLayer layer, ActivationFormat? activation)
    {
        if (layer.Activation?.Format != activation)
        {
            throw new LayerShapeException(name, "format of the input", Describe(activation), Describe(layer.Activation?.Format));
        }

        static string Describe(ActivationFormat? format) => format is null ? "32-bit floats" : $"{format.Scheme}, {format.Bits} bits";
    }

    /// <summary>Refuses a convolution that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="geometry">Its declared sizes.</param>
    /// <param name="bias">Whether it is declared with a bias.</param>
    /// <param name="activation">The declared format of its input's codes; null for none.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name or size is another.</exception>
    protected static FoldedConv2d RequireConv2d(FoldedConv2d layer, string name, Conv2dGeometry geometry, bool bias, ActivationFormat? activation = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        RequireActivation(name, layer, activation);
        return (layer.Name, layer.Geometry, layer.HasBias) == (name, geometry, bias)
            ? layer
            : throw new LayerShapeException(name, "layer", Describe(name, geometry, bias), Describe(layer.Name, layer.Geometry, layer.HasBias));

        static string Describe(string name, Conv2dGeometry geometry, bool bias) => $"{name} ({geometry}{(bias ? "" : ", no bias")})";
    }

    /// <summary>The model itself, after <see cref="Forward"/> has checked the arguments.</summary>
    /// <param name="x">The input, of the right length.</param>
    /// <param name="y">The output, of the right length, apart from the input.</param>
    /// <param name="batch">How many samples.</param>
    protected abstract void Run(ReadOnlySpan<float> x, Span<float> y, int batch);
}
