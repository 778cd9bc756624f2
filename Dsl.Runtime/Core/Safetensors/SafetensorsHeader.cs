using System.Text.Json;
using System.Text.Unicode;

namespace LayerDsl;

/// <summary>What the JSON header of a safetensors file says, checked for form but not yet against the data.</summary>
/// <param name="Metadata">The <c>__metadata__</c> map.</param>
/// <param name="Slots">The tensors in order of appearance.</param>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsSlot> Slots)
{
    /// <summary>The key that cannot name a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The largest header that the reference implementation accepts, in bytes.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Parses a header.</summary>
    /// <exception cref="FoldedFileException">It is not a safetensors header.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json)
    {
        // The format wants '{' first, so that a header is recognised before it is parsed.
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new FoldedFileException(path, "the header does not start with '{'; this is not a safetensors file.");
        }

        if (!Utf8.IsValid(json))
        {
            throw new FoldedFileException(path, "the header is not valid UTF-8; the file is damaged.");
        }

        try
        {
            return new SafetensorsHeaderReader(path, json).Read();
        }
        catch (JsonException error)
        {
            throw new FoldedFileException(path, $"the header is not valid JSON ({error.Message}); the file is damaged.", error);
        }
    }
}
