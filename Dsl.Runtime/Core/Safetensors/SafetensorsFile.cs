using System.Buffers.Binary;

namespace LayerDsl;

/// <summary>
/// A safetensors file, read and checked as a whole: a file that passes has no hole, overlap, unknown type or unread byte.
/// Safe on hostile input: nothing is allocated from a size that the length of the file does not confirm.
/// </summary>
public sealed class SafetensorsFile
{
    private readonly Dictionary<string, SafetensorsEntry> entries;

    private SafetensorsFile(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafetensorsEntry> entries)
    {
        Path = path;
        Metadata = metadata;
        Names = [.. entries.Select(entry => entry.Name)];
        this.entries = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>The file's own notes, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in order of their place in the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FoldedFileException">It cannot be read, or is not a well-formed safetensors file.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Read(path, stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new FoldedFileException(path, $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>A tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="FoldedFileException">The file has no tensor of that name.</exception>
    public SafetensorsEntry Get(string name) =>
        entries.TryGetValue(name, out var entry)
            ? entry
            : throw new FoldedFileException(Path, $"tensor '{name}' is missing; the file has {Listed(Names)}. Was it saved by another model?");

    /// <summary>The elements of a tensor of 32-bit floats, in a new array.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expectedShape">The shape it must have.</param>
    /// <exception cref="FoldedFileException">The tensor is missing, of another type or of another shape.</exception>
    public float[] GetFloats(string name, params ReadOnlySpan<long> expectedShape)
    {
        var entry = Get(name);
        if (entry.Type != SafetensorsType.F32)
        {
            throw new FoldedFileException(
                Path,
                $"tensor '{name}' is of type {SafetensorsTypes.Name(entry.Type)}, expected F32. Was it saved by another program?");
        }

        var expected = EquatableList.Create(expectedShape);
        return entry.Shape == expected
            ? entry.ToFloats()
            : throw new FoldedFileException(Path, $"tensor '{name}' has shape {entry.Shape}, expected {expected}. Was it saved by another model?");
    }

    /// <summary>The bytes of a tensor of type U8.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="expectedShape">The shape it must have.</param>
    /// <exception cref="FoldedFileException">There is no such tensor, or it has another type or shape.</exception>
    internal ReadOnlyMemory<byte> GetBytes(string name, params ReadOnlySpan<long> expectedShape)
    {
        var entry = Get(name);
        var expected = EquatableList.Create(expectedShape);
        return entry.Type != SafetensorsType.U8
            ? throw new FoldedFileException(Path, $"tensor '{name}' is of type {SafetensorsTypes.Name(entry.Type)}, expected U8. Was it saved by another program?")
            : entry.Shape == expected
                ? entry.Data
                : throw new FoldedFileException(Path, $"tensor '{name}' has shape {entry.Shape}, expected {expected}. Was it saved by another model?");
    }

    /// <summary>Names for a message: enough to recognise the file, few enough to read.</summary>
    internal static string Listed(IReadOnlyCollection<string> names)
    {
        const int shown = 8;
        var list = string.Join(", ", names.Take(shown).Select(name => $"'{name}'"));
        return names.Count switch
        {
            0 => "no tensors",
            > shown => $"{list} and {names.Count - shown} more",
            _ => list,
        };
    }

    private static SafetensorsFile Read(string path, FileStream stream)
    {
        var fileLength = stream.Length;
        var headerLength = ReadHeaderLength(path, stream, fileLength);
        var bytes = new byte[headerLength];
        stream.ReadExactly(bytes);
        var header = SafetensorsHeader.Parse(path, bytes);
        var slots = SafetensorsLayout.Order(path, header.Slots, fileLength - sizeof(ulong) - headerLength);

        var entries = new List<SafetensorsEntry>(slots.Count);
        foreach (var slot in slots)
        {
            var data = new byte[slot.End - slot.Begin];
            stream.ReadExactly(data);
            entries.Add(new SafetensorsEntry(slot.Name, slot.Type, slot.Shape, data));
        }

        return new SafetensorsFile(path, header.Metadata, entries);
    }

    private static int ReadHeaderLength(string path, FileStream stream, long fileLength)
    {
        if (fileLength < sizeof(ulong))
        {
            throw new FoldedFileException(
                path,
                $"has {fileLength} bytes, but a safetensors file has at least {sizeof(ulong)}; the file is truncated or something else.");
        }

        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaxBytes)
        {
            throw new FoldedFileException(
                path,
                $"claims a header of {length} bytes, but at most {SafetensorsHeader.MaxBytes} are allowed; this is not a safetensors file.");
        }

        return (long)length <= fileLength - sizeof(ulong)
            ? (int)length
            : throw new FoldedFileException(path, $"claims a header of {length} bytes, but only {fileLength - sizeof(ulong)} follow; the file is truncated.");
    }
}
