using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace LayerDsl;

/// <summary>
/// Finds which versions of libstdc++ a 64-bit little-endian ELF library asks for, and marks those weak that the system has
/// not: the loader then accepts the library. Refused where a relocation shows that a symbol of such a version is used.
/// </summary>
internal static class GlibcxxRequirement
{
    private const string Prefix = "GLIBCXX_";
    private const ushort WeakFlag = 0x2;
    private const ulong EntrySize = 16;
    private const uint Dynsym = 11;
    private const uint Rela = 4;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint VersionSymbols = 0x6fffffff;

    /// <summary>Sets the weak flag in place. False where every version is there, or is weak already.</summary>
    /// <param name="elf">The library.</param>
    /// <param name="available">The versions that the system has; empty where that is not known, and nothing is done.</param>
    /// <exception cref="NativeLibraryFormatException">The bytes are no such library, are damaged, or use a missing version.</exception>
    public static bool TryRelax(byte[] elf, IReadOnlySet<string> available)
    {
        var file = new ElfFile(elf);
        if (available.Count == 0)
        {
            return false;
        }

        var missing = Needs(file).Where(need => need.Name.StartsWith(Prefix, StringComparison.Ordinal) && !available.Contains(need.Name) && (need.Flags & WeakFlag) == 0).ToArray();
        foreach (var need in missing)
        {
            RefuseIfUsed(file, need);
        }

        foreach (var need in missing)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(need.FlagsOffset), (ushort)(need.Flags | WeakFlag));
        }

        return missing.Length > 0;
    }

    private static IEnumerable<Need> Needs(ElfFile file) =>
        file.Sections.Where(section => section.Type == VersionNeeds).SelectMany(section => Needs(file, section));

    private static IEnumerable<Need> Needs(ElfFile file, ElfSection section)
    {
        var names = file.Section(section.Link);
        var at = (long)section.Offset;

        // The chains tell their own lengths and steps. Damaged, they could go round for ever: no more entries than there is room for.
        var room = section.Size / EntrySize;
        for (var record = 0; record < section.Info; record++)
        {
            TakeRoom(ref room);
            var auxiliary = at + file.U32(at + 8);
            for (var k = 0; k < file.U16(at + 2); k++)
            {
                TakeRoom(ref room);
                yield return new Need(file.Text(names, file.U32(auxiliary + 8)), file.U16(auxiliary + 4), file.U16(auxiliary + 6), (int)auxiliary + 4);
                auxiliary += file.U32(auxiliary + 12);
            }

            at += file.U32(at + 12);
        }
    }

    private static void TakeRoom(ref ulong room)
    {
        if (room == 0)
        {
            throw new NativeLibraryFormatException("The section of version requirements tells of more entries than it has room for.");
        }

        room--;
    }

    /// <summary>A symbol of the version that some relocation refers to would be called, and would be missing.</summary>
    private static void RefuseIfUsed(ElfFile file, Need need)
    {
        var versions = file.Sections.FirstOrDefault(section => section.Type == VersionSymbols);
        var used = file.Sections.Where(section => section.Type == Rela && file.Section(section.Link).Type == Dynsym)
            .SelectMany(section => Enumerable.Range(0, (int)(section.Size / 24)).Select(k => file.U32((long)section.Offset + (24L * k) + 12)))
            .Where(symbol => symbol != 0)
            .Distinct();
        foreach (var symbol in used)
        {
            if (versions is null || (file.U16((long)versions.Offset + (2L * symbol)) & 0x7fff) == need.Index)
            {
                throw new NativeLibraryFormatException($"A symbol of version {need.Name} is used, which this system's libstdc++ has not; install a newer libstdc++.");
            }
        }
    }

    /// <summary>The versions that the system's libstdc++ defines; they stand in it as plain text.</summary>
    internal static IReadOnlySet<string> SystemVersions()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out _))
        {
            return found;
        }

        var path = File.ReadLines("/proc/self/maps").Where(line => line.Contains('/', StringComparison.Ordinal)).Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]).FirstOrDefault(file => file.Contains("/libstdc++.so.6", StringComparison.Ordinal));
        if (path is not null && File.Exists(path))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
            for (var at = text.IndexOf(Prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Prefix, at + 1, StringComparison.Ordinal))
            {
                var end = text.IndexOf('\0', at);
                found.Add(text[at..(end < 0 ? text.Length : end)]);
            }
        }

        return found;
    }

    /// <summary>One version that the library asks for.</summary>
    private sealed record Need(string Name, ushort Flags, ushort Index, int FlagsOffset);
}
