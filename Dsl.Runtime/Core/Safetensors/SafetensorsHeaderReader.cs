using System.Collections.Immutable;
using System.Text.Json;

namespace LayerDsl;

/// <summary>Reads the header token by token; anything the format does not name is refused.</summary>
internal ref struct SafetensorsHeaderReader
{
    private readonly string path;
    private Utf8JsonReader json;

    public SafetensorsHeaderReader(string path, ReadOnlySpan<byte> header)
    {
        this.path = path;
        json = new Utf8JsonReader(header);
    }

    public SafetensorsHeader Read()
    {
        Dictionary<string, string>? metadata = null;
        var slots = new List<SafetensorsSlot>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject, "the header");
        while (NextKey() is { } key)
        {
            if (!names.Add(key))
            {
                throw Refuse($"the header names '{key}' twice");
            }

            if (key == SafetensorsHeader.MetadataKey)
            {
                metadata = ReadMetadata();
            }
            else
            {
                slots.Add(ReadSlot(key));
            }
        }

        // Reads past the last brace, which throws if anything but white space follows.
        _ = json.Read();
        return new SafetensorsHeader(metadata ?? [], slots);
    }

    private Dictionary<string, string> ReadMetadata()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject, SafetensorsHeader.MetadataKey);
        while (NextKey() is { } key)
        {
            Expect(JsonTokenType.String, $"the metadata value '{key}'");
            if (!metadata.TryAdd(key, Text()))
            {
                throw Refuse($"the metadata name '{key}' twice");
            }
        }

        return metadata;
    }

    private SafetensorsSlot ReadSlot(string name)
    {
        SafetensorsType? type = null;
        ImmutableArray<long>? shape = null, offsets = null;
        Expect(JsonTokenType.StartObject, $"the entry of tensor '{name}'");
        while (NextKey() is { } key)
        {
            switch (key)
            {
                case "dtype" when type is null:
                    type = ReadType(name);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(name, key);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(name, key);
                    break;
                default:
                    throw Refuse($"the entry of tensor '{name}' has a repeated or unknown key '{key}'");
            }
        }

        if (type is null || shape is null || offsets is not { Length: 2 } range)
        {
            throw Refuse($"the entry of tensor '{name}' lacks dtype, shape or two data_offsets");
        }

        return new SafetensorsSlot(name, type.Value, shape.Value, range[0], range[1]);
    }

    private SafetensorsType ReadType(string name)
    {
        Expect(JsonTokenType.String, $"the dtype of tensor '{name}'");
        var text = Text();
        return SafetensorsTypes.Parse(text) ?? throw Refuse($"tensor '{name}' has the unknown dtype '{text}'");
    }

    private ImmutableArray<long> ReadNumbers(string name, string key)
    {
        var numbers = ImmutableArray.CreateBuilder<long>();
        Expect(JsonTokenType.StartArray, $"the {key} of tensor '{name}'");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number) || number < 0)
            {
                throw Refuse($"the {key} of tensor '{name}' holds something other than whole numbers from 0 to 2⁶³ − 1");
            }

            numbers.Add(number);
        }

        return numbers.ToImmutable();
    }

    private string? NextKey()
    {
        _ = json.Read();
        return json.TokenType == JsonTokenType.PropertyName ? Text() : null;
    }

    private void Expect(JsonTokenType expected, string what)
    {
        if (!json.Read() || json.TokenType != expected)
        {
            throw Refuse($"{what} is of JSON type {json.TokenType}, but must be {expected}");
        }
    }

    private string Text()
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            // An escape such as \ud800 alone is JSON, but stands for no text.
            throw new FoldedFileException(path, "the header has a string with half a surrogate pair; the file is damaged.", error);
        }
    }

    private readonly FoldedFileException Refuse(string reason) =>
        new(path, $"{reason}; the file is damaged or not a safetensors file.");
}
