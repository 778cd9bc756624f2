using System.IO.Compression;
using System.Security.Cryptography;

namespace LayerDsl.Examples.Data;

/// <summary>A file of a data set, known by the hash of its content.</summary>
/// <param name="Name">Its name; compressed, it ends in <c>.gz</c>.</param>
/// <param name="Sha256">The hash of the content, not compressed, in lower-case hexadecimal digits.</param>
public sealed record DataFile(string Name, string Sha256)
{
    /// <summary>Whether the folder holds the file with the right content, unpacking it if it is there compressed.</summary>
    /// <param name="folder">The folder.</param>
    public bool IsIn(string folder)
    {
        var path = Path.Combine(folder, Name);
        return (File.Exists(path) && HashOf(path) == Sha256) || TakeFrom(folder, folder);
    }

    /// <summary>Unpacks the file from a folder that holds it compressed.</summary>
    /// <param name="source">The folder with the compressed file.</param>
    /// <param name="folder">The folder that shall have it.</param>
    /// <returns>Whether the file was there, whole, and with the right content. If not, nothing was replaced.</returns>
    public bool TakeFrom(string source, string folder)
    {
        var packed = Path.Combine(source, Name + ".gz");
        if (!File.Exists(packed))
        {
            return false;
        }

        var temporary = Path.Combine(folder, Name + ".tmp");
        if (!Unpack(packed, temporary) || HashOf(temporary) != Sha256)
        {
            File.Delete(temporary);
            return false;
        }

        File.Move(temporary, Path.Combine(folder, Name), overwrite: true);
        return true;
    }

    private static bool Unpack(string packed, string path)
    {
        using var target = File.Create(path);
        using var source = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
        try
        {
            source.CopyTo(target);
            return true;
        }
        catch (InvalidDataException)
        {
            // A damaged file is an answer here, not an accident: the caller fetches it anew.
            return false;
        }
    }

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
