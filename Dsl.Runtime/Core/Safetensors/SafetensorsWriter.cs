using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LayerDsl;

/// <summary>Writes safetensors files. The same tensors and metadata give the same bytes, in whatever order they are passed.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes a file under a temporary name, flushes it to disk, and renames it over the target.</summary>
    /// <param name="path">The file; an existing one is replaced, but only if all goes well.</param>
    /// <param name="tensors">The tensors, each with a name of its own.</param>
    /// <param name="metadata">The file's own notes, by key.</param>
    /// <exception cref="ArgumentException">A name is taken, reserved or not text, or data is of another length than its shape says.</exception>
    /// <exception cref="FoldedFileException">The file could not be written; what was there before is untouched.</exception>
    public static void Write(string path, IReadOnlyList<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        Check(tensors);

        // The reference order: widest elements first, so that each tensor is aligned to its element; then by name.
        var ordered = tensors.OrderByDescending(tensor => SafetensorsTypes.Bits(tensor.Type)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var tensor in ordered)
            {
                stream.Write(tensor.Data.Span);
            }
        });
    }

    private static void Check(IReadOnlyList<SafetensorsEntry> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"The tensor name '{tensor.Name}' is taken or reserved. Give every tensor a name of its own.", nameof(tensors));
            }

            var expected = SafetensorsTypes.ByteLength(tensor.Type, tensor.Shape.AsSpan());
            if (expected != tensor.Data.Length)
            {
                var takes = expected is { } bytes ? $"{bytes} bytes" : "no whole number of bytes that can be counted";
                throw new ArgumentException($"Tensor '{tensor.Name}' of shape {tensor.Shape} takes {takes}, but has {tensor.Data.Length}.", nameof(tensors));
            }
        }
    }

    /// <summary>The length prefix and the JSON, padded with spaces so that the data starts at a multiple of eight.</summary>
    private static byte[] Header(SafetensorsEntry[] ordered, IReadOnlyDictionary<string, string> metadata)
    {
        var text = new ArrayBufferWriter<byte>();

        // Names are read in hex dumps and never end up in HTML, so only what JSON demands is escaped.
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteTensors(json, ordered);
            json.WriteEndObject();
        }

        var length = (text.WrittenCount + Alignment - 1) / Alignment * Alignment;
        if (length > SafetensorsHeader.MaxBytes)
        {
            throw new ArgumentException(
                $"The header takes {length} bytes, but at most {SafetensorsHeader.MaxBytes} are allowed. Shorten the metadata.",
                nameof(metadata));
        }

        var header = new byte[sizeof(ulong) + length];
        header.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        text.WrittenSpan.CopyTo(header.AsSpan(sizeof(ulong)));
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(Strict(key), Strict(value));
        }

        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, SafetensorsEntry[] ordered)
    {
        var position = 0L;
        foreach (var tensor in ordered)
        {
            json.WriteStartObject(Strict(tensor.Name));
            json.WriteString("dtype", SafetensorsTypes.Name(tensor.Type));
            json.WriteStartArray("shape");
            foreach (var size in tensor.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(position);
            json.WriteNumberValue(position += tensor.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    /// <summary>UTF-8 of a text; half a surrogate pair throws, where the default would silently write another name.</summary>
    private static byte[] Strict(string text) => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetBytes(text);
}
