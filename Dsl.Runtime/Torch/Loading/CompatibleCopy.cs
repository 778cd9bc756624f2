using System.Security.Cryptography;

namespace LayerDsl;

/// <summary>Makes the patched copy of a library, beside it or, where that may not be written, in the user's cache.</summary>
internal static class CompatibleCopy
{
    /// <summary>The copy's path, or null where the file needs none. The shipped file itself is never changed.</summary>
    /// <exception cref="NativeLibraryFormatException">The file is not the library that this is for.</exception>
    public static string? Of(string shipped)
    {
        var bytes = File.ReadAllBytes(shipped);
        if (!GlibcxxRequirement.TryRelax(bytes))
        {
            return null;
        }

        var name = Path.GetFileNameWithoutExtension(shipped) + "." + Convert.ToHexStringLower(SHA256.HashData(bytes))[..16] + ".so";
        foreach (var directory in Candidates(shipped))
        {
            var path = Path.Combine(directory, name);
            if (File.Exists(path) && new FileInfo(path).Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            {
                return path;
            }

            if (TryWrite(path, bytes))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>The application's own folder, but never a package cache, whose content is checked and shared.</summary>
    private static IEnumerable<string> Candidates(string shipped)
    {
        var beside = Path.GetDirectoryName(Path.GetFullPath(shipped))!;
        if (beside.StartsWith(Path.GetFullPath(AppContext.BaseDirectory), StringComparison.Ordinal))
        {
            yield return beside;
        }

        if (Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } local)
        {
            yield return Path.Combine(local, "LayerDsl", "native");
        }

        yield return Path.Combine(Path.GetTempPath(), "LayerDsl-" + Environment.UserName);
    }

    /// <summary>Writes under a name of this process's own and renames: another process sees all of the file or none.</summary>
    private static bool TryWrite(string path, byte[] bytes)
    {
        var temporary = path + "." + Environment.ProcessId + ".tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            return false;
        }
    }
}
