using System.Buffers.Binary;
using System.Text;

namespace LayerDsl;

/// <summary>Reads a 64-bit little-endian ELF file; every access is checked against the file's length.</summary>
internal sealed class ElfFile
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const uint WithoutContent = 8;

    private readonly byte[] bytes;

    /// <exception cref="NativeLibraryFormatException">The bytes are no such file.</exception>
    public ElfFile(byte[] bytes)
    {
        this.bytes = bytes;
        if (bytes.Length < HeaderSize || U32(0) != 0x464c457f || bytes[4] != 2 || bytes[5] != 1)
        {
            throw new NativeLibraryFormatException("The file is no 64-bit little-endian ELF library.");
        }

        var (table, size, count) = (U64(0x28), U16(0x3a), U16(0x3c));
        if (size != SectionSize)
        {
            throw new NativeLibraryFormatException($"Section headers of {size} bytes instead of {SectionSize}.");
        }

        if (table > (ulong)bytes.Length)
        {
            throw new NativeLibraryFormatException("The section table lies beyond the end of the file.");
        }

        Sections = [.. Enumerable.Range(0, count).Select(k => ReadSection((long)table + (k * (long)SectionSize)))];
    }

    public IReadOnlyList<ElfSection> Sections { get; }

    public ElfSection Section(uint number) =>
        number < Sections.Count ? Sections[(int)number] : throw new NativeLibraryFormatException($"Section {number} of {Sections.Count} does not exist.");

    public ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2));

    public uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4));

    public ulong U64(long at) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(at, 8));

    /// <summary>A zero-terminated text in a string section.</summary>
    public string Text(ElfSection section, uint offset)
    {
        if (section.Type == WithoutContent || offset >= section.Size)
        {
            throw new NativeLibraryFormatException($"Text {offset} lies outside of its section of {section.Size} bytes.");
        }

        var rest = Slice((long)section.Offset + offset, (int)(section.Size - offset));
        var length = rest.IndexOf((byte)0);
        return length >= 0 ? Encoding.ASCII.GetString(rest[..length]) : throw new NativeLibraryFormatException("A text without an end.");
    }

    private ElfSection ReadSection(long at)
    {
        var section = new ElfSection(U32(at + 4), U64(at + 24), U64(at + 32), U32(at + 40), U32(at + 44));
        return section.Type == WithoutContent || (section.Offset <= (ulong)bytes.Length && section.Size <= (ulong)bytes.Length - section.Offset)
            ? section
            : throw new NativeLibraryFormatException("A section reaches beyond the end of the file.");
    }

    private ReadOnlySpan<byte> Slice(long at, int length) =>
        at >= 0 && at <= bytes.Length - length
            ? bytes.AsSpan((int)at, length)
            : throw new NativeLibraryFormatException($"Position {at} lies outside of the file's {bytes.Length} bytes.");
}

/// <summary>A section header.</summary>
internal sealed record ElfSection(uint Type, ulong Offset, ulong Size, uint Link, uint Info);
