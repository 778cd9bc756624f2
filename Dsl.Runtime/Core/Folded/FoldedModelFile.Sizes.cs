using System.Globalization;

namespace LayerDsl;

/// <content>The sizes of a model whose constructor takes some.</content>
public sealed partial class FoldedModelFile
{
    /// <summary>The metadata entry that holds the sizes.</summary>
    internal const string SizesKey = "sizes";

    /// <summary>Reads a size that the model was made with. What the tensors are is checked as each layer is read.</summary>
    /// <param name="name">The parameter of the model's constructor.</param>
    /// <exception cref="FoldedFileException">The file does not tell it, or tells one that is out of range.</exception>
    public int ReadSize(string name)
    {
        var text = file.Metadata.TryGetValue(SizesKey, out var all)
            ? all.Split(';').Select(size => size.Split('=')).FirstOrDefault(parts => parts.Length == 2 && parts[0] == name)?[1]
            : null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new FoldedFileException(file.Path, $"has no size '{name}' of 1 or more in the metadata '{SizesKey}' ('{all}'). The file is damaged; get it again.");
    }

    /// <summary>Makes a model of sizes and layers that were read; what contradicts itself is a fault of the file.</summary>
    /// <exception cref="FoldedFileException">Sizes and layers do not fit together.</exception>
    public TModel Make<TModel>(Func<TModel> make)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(make);
        try
        {
            return MakeFrom(make);
        }
        catch (Exception error) when (error is LayerSizeException or OverflowException)
        {
            throw new FoldedFileException(file.Path, $"holds sizes that contradict each other, so it is damaged: {error.Message}", error);
        }
    }

    /// <summary>The sizes as text, in their order.</summary>
    internal static string Text(IEnumerable<ModelSize> sizes) => string.Join(';', sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Name}={size.Value}")));
}
