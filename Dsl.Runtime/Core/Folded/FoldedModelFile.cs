using System.Security.Cryptography;
using System.Text;

namespace LayerDsl;

/// <summary>A file of folded weights, opened by generated code for one model: every tensor is asked for once, and none may remain.</summary>
public sealed partial class FoldedModelFile
{
    /// <summary>The metadata entry that holds the checksum.</summary>
    internal const string ChecksumKey = "sha256";

    private readonly SafetensorsFile file;
    private readonly HashSet<string> unread;

    private FoldedModelFile(SafetensorsFile file)
    {
        this.file = file;
        unread = new HashSet<string>(file.Names, StringComparer.Ordinal);
    }

    /// <summary>Opens a file and checks that it was saved by the model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="modelName">The model's name.</param>
    /// <param name="signature">The model's layers and sizes, as passed to <see cref="FoldedModel"/>.</param>
    /// <exception cref="FoldedFileException">The file is damaged, foreign, or of another model.</exception>
    public static FoldedModelFile Open(string path, string modelName, string signature)
    {
        var file = SafetensorsFile.Read(path);
        foreach (var (key, expected) in Metadata(modelName, signature))
        {
            if (!file.Metadata.TryGetValue(key, out var found))
            {
                throw new FoldedFileException(
                    path,
                    $"has no metadata '{key}', expected '{expected}'. It was not saved by a folded model; pass a file written by Save.");
            }

            if (found != expected)
            {
                throw new FoldedFileException(
                    path,
                    $"has {key} '{found}', expected '{expected}'. Load it with the model that saved it, or fold and save this model again.");
            }
        }

        CheckContent(path, file);
        return new FoldedModelFile(file);
    }

    /// <summary>Reads a linear layer.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="inFeatures">Values per input row.</param>
    /// <param name="outFeatures">Values per output row.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="activation">How codes stand for inputs; null where these are taken as they are.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedLinear ReadLinear(string name, int inFeatures, int outFeatures, bool bias, ActivationFormat? activation = null)
    {
        var sparse = file.Names.Contains(ValuesName(name)) ? TakeRows(name, inFeatures, outFeatures) : null;
        var half = sparse is null && file.Get(WeightName(name)).Type == SafetensorsType.BF16 ? TakeHalves(WeightName(name), outFeatures, inFeatures) : null;
        var weightValues = sparse is null && half is null ? Take(WeightName(name), outFeatures, inFeatures) : [];
        var biasValues = bias ? Take(BiasName(name), outFeatures) : [];
        var grid = ReadActivation(name, activation);
        return MakeFrom(() => (sparse, half) switch
        {
            ({ } rows, _) => new FoldedSparseLinear(name, rows, biasValues) { Activation = grid },
            (_, { } values) => new FoldedBFloat16Linear(name, inFeatures, outFeatures, values, biasValues) { Activation = grid },
            _ => new FoldedLinear(name, inFeatures, outFeatures, weightValues, biasValues) { Activation = grid },
        });
    }

    /// <summary>Reads a convolution.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="activation">How codes stand for inputs; null where these are taken as they are.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedConv2d ReadConv2d(string name, Conv2dGeometry geometry, bool bias, ActivationFormat? activation = null)
    {
        var sparse = file.Names.Contains(ValuesName(name)) ? TakeRows(name, geometry.InputsPerOutput, geometry.OutChannels) : null;
        var weightValues = sparse is null ? Take(WeightName(name), geometry.OutChannels, geometry.InChannels / geometry.Groups, geometry.KernelSize, geometry.KernelSize) : [];
        var biasValues = bias ? Take(BiasName(name), geometry.OutChannels) : [];
        var grid = ReadActivation(name, activation);
        return MakeFrom(() => sparse is not null
            ? new FoldedSparseConv2d(name, geometry, sparse, biasValues) { Activation = grid }
            : new FoldedConv2d(name, geometry, weightValues, biasValues) { Activation = grid });
    }

    /// <summary>Reads a linear layer with a weight in codes.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="inFeatures">Values per input row.</param>
    /// <param name="outFeatures">Values per output row.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="format">How codes stand for weights.</param>
    /// <param name="activation">How codes stand for inputs; null where these are taken as they are.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds what no fold writes.</exception>
    public FoldedLinear ReadLinear(string name, int inFeatures, int outFeatures, bool bias, QuantizedFormat format, ActivationFormat? activation = null)
    {
        var weight = TakeQuantized(name, outFeatures, inFeatures, format);
        var biasValues = bias ? Take(BiasName(name), outFeatures) : [];
        var grid = ReadActivation(name, activation);
        return MakeFrom(() => new FoldedQuantizedLinear(name, weight, biasValues) { Activation = grid });
    }

    /// <summary>Reads a convolution with a weight in codes.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="format">How codes stand for weights.</param>
    /// <param name="activation">How codes stand for inputs; null where these are taken as they are.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds what no fold writes.</exception>
    public FoldedConv2d ReadConv2d(string name, Conv2dGeometry geometry, bool bias, QuantizedFormat format, ActivationFormat? activation = null)
    {
        var weight = TakeQuantized(name, geometry.OutChannels, geometry.InputsPerOutput, format);
        var biasValues = bias ? Take(BiasName(name), geometry.OutChannels) : [];
        var grid = ReadActivation(name, activation);
        return MakeFrom(() => new FoldedConv2d(name, geometry, weight, biasValues) { Activation = grid });
    }

    /// <summary>Checks that every tensor was read: a file with more in it belongs to another model.</summary>
    /// <exception cref="FoldedFileException">A tensor was not asked for.</exception>
    public void Complete()
    {
        if (unread.Count > 0)
        {
            string[] names = [.. unread.Order(StringComparer.Ordinal)];
            throw new FoldedFileException(
                file.Path,
                $"holds tensors that the model does not have: {SafetensorsFile.Listed(names)}. Load it with the model that saved it.");
        }
    }

    /// <summary>The name of a layer's weight in a file.</summary>
    internal static string WeightName(string layer) => $"{layer}.weight";

    /// <summary>The names of a sparse weight's parts in a file: its numbers, their columns, where its rows start.</summary>
    internal static string ValuesName(string layer) => $"{layer}.weight.values";

    /// <inheritdoc cref="ValuesName"/>
    internal static string ColumnsName(string layer) => $"{layer}.weight.columns";

    /// <inheritdoc cref="ValuesName"/>
    internal static string RowStartsName(string layer) => $"{layer}.weight.row_starts";

    /// <summary>The names of a batch normalization's parts in a file.</summary>
    internal static string ScaleName(string layer) => $"{layer}.scale";

    /// <inheritdoc cref="ScaleName"/>
    internal static string ShiftName(string layer) => $"{layer}.shift";

    /// <summary>The name of a layer's bias in a file.</summary>
    internal static string BiasName(string layer) => $"{layer}.bias";

    /// <summary>What a folded model writes about itself, and expects to find.</summary>
    internal static IReadOnlyDictionary<string, string> Metadata(string modelName, string signature) => new Dictionary<string, string>
    {
        ["format"] = "layerdsl.folded",
        ["format_version"] = "1",
        ["model"] = modelName,
        ["signature"] = signature,
    };

    /// <summary>SHA-256 over names and values, in the order of the names, after the sizes where there are some: a changed bit in a weight is damage that no other check sees.</summary>
    internal static string Checksum(IEnumerable<SafetensorsEntry> tensors, string? sizes = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (sizes is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(SizesKey + '\n' + sizes + '\n'));
        }

        foreach (var tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name + '\n'));
            hash.AppendData(tensor.Data.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void CheckContent(string path, SafetensorsFile file)
    {
        var found = Checksum(file.Names.Select(file.Get), file.Metadata.TryGetValue(SizesKey, out var sizes) ? sizes : null);
        if (!file.Metadata.TryGetValue(ChecksumKey, out var expected) || expected != found)
        {
            throw new FoldedFileException(path, $"holds values with the SHA-256 {found}, expected {expected ?? "one in the metadata"}. It was changed after it was saved; get it again.");
        }
    }

    private TLayer MakeFrom<TLayer>(Func<TLayer> make)
    {
        try
        {
            return make();
        }
        catch (LayerShapeException error)
        {
            throw new FoldedFileException(file.Path, $"holds codes or scales that no fold writes, so it is damaged: {error.Message}", error);
        }
        catch (NonFiniteWeightException error)
        {
            // A model that is saved holds finite weights only, so the file has changed since.
            throw new FoldedFileException(file.Path, $"holds a weight that is not finite, so it is damaged: {error.Message}", error);
        }
    }

    private ActivationGrid? ReadActivation(string name, ActivationFormat? format)
    {
        if (format is null)
        {
            return null;
        }

        var scale = Take(ActivationTensors.Scale(name), 1)[0];
        var zero = Take(ActivationTensors.ZeroPoint(name), 1)[0];
        return zero == MathF.Round(zero)
            ? MakeFrom(() => new ActivationGrid(name, format, scale, (int)zero))
            : throw new FoldedFileException(file.Path, $"holds a zero point that is no whole number, so it is damaged: '{ActivationTensors.ZeroPoint(name)}' is {zero}.");
    }

    private QuantizedWeight TakeQuantized(string name, int rows, int columns, QuantizedFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var bytes = file.GetBytes(QuantizedTensors.Codes(name), rows, PackedCodes.BytesOf(columns, format.Bits));
        _ = unread.Remove(QuantizedTensors.Codes(name));
        var count = format.ScaleCount(rows, columns);
        var scales = Take(QuantizedTensors.Scales(name), count);
        var zeros = format.HasZeroPoints ? Take(QuantizedTensors.Zeros(name), count) : [];
        var down = format.Rank > 0 ? Take(QuantizedTensors.Down(name), format.Rank, columns) : [];
        var up = format.Rank > 0 ? Take(QuantizedTensors.Up(name), rows, format.Rank) : [];
        return MakeFrom(() => new QuantizedWeight(name, format, PackedCodes.FromPacked(name, bytes.Span, rows, columns, format.Bits), scales, zeros, down, up));
    }

    private SparseRows TakeRows(string name, int inFeatures, int outFeatures)
    {
        var count = file.Get(ValuesName(name)).Shape is { Count: 1 } shape ? shape[0] : -1;
        var values = Take(ValuesName(name), count);
        var type = inFeatures <= ushort.MaxValue + 1 ? SafetensorsType.U16 : SafetensorsType.I32;
        var columns = TakeIntegers(ColumnsName(name), type, count);
        var starts = TakeIntegers(RowStartsName(name), SafetensorsType.I32, outFeatures + 1L);
        if (SparseRowsChecks.Fault(outFeatures, inFeatures, starts, columns) is { } fault)
        {
            throw new FoldedFileException(file.Path, $"holds a sparse weight '{name}' that is none: {fault}. The file is damaged; get it again.");
        }

        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and var broken)
        {
            throw new FoldedFileException(file.Path, $"holds a weight that is not finite, so it is damaged: '{ValuesName(name)}'[{broken}] is {values[broken]}.");
        }

        return type == SafetensorsType.U16
            ? new SparseRows(outFeatures, inFeatures, values, starts, Array.ConvertAll(columns, column => (ushort)column), [])
            : new SparseRows(outFeatures, inFeatures, values, starts, [], columns);
    }

    private float[] TakeHalves(string tensor, params ReadOnlySpan<long> shape)
    {
        var entry = file.Get(tensor);
        if (entry.Shape != EquatableList.Create(shape))
        {
            throw new FoldedFileException(file.Path, $"tensor '{tensor}' has shape {entry.Shape}, expected {EquatableList.Create(shape)}. Was it saved by another model?");
        }

        _ = unread.Remove(tensor);
        return FoldedBFloat16Linear.Read(entry.Data.Span);
    }

    private int[] TakeIntegers(string tensor, SafetensorsType type, long length)
    {
        var entry = file.Get(tensor);
        if (entry.Type != type || entry.Shape != EquatableList.Create([length]))
        {
            throw new FoldedFileException(
                file.Path,
                $"tensor '{tensor}' is of type {SafetensorsTypes.Name(entry.Type)} and shape {entry.Shape}, expected {SafetensorsTypes.Name(type)} and [{length}]. Was it saved by another model?");
        }

        _ = unread.Remove(tensor);
        return SafetensorsIntegers.Read(entry);
    }

    private float[] Take(string tensor, params ReadOnlySpan<long> shape)
    {
        var values = file.GetFloats(tensor, shape);
        _ = unread.Remove(tensor);
        return values;
    }
}
