using System.Security.Cryptography;

namespace LayerDsl;

/// <summary>A patched copy of a library. The shipped file itself is never changed, nor is a package cache.</summary>
/// <param name="Path">The copy.</param>
/// <param name="IsTemporary">Whether no lasting place could be written: the copy is to be deleted once it is loaded.</param>
internal sealed record CompatibleCopy(string Path, bool IsTemporary)
{
    /// <summary>NuGet puts this file into every package folder that it extracts.</summary>
    private const string PackageMarker = ".nupkg.metadata";

    /// <summary>The copy for this process, or null where the file needs none.</summary>
    /// <exception cref="NativeLibraryFormatException">The file is not the library that this is for.</exception>
    public static CompatibleCopy? Of(string shipped) => Of(shipped, GlibcxxRequirement.SystemVersions(), AppContext.BaseDirectory, UserCache());

    /// <param name="shipped">The library.</param>
    /// <param name="available">The versions that the system's libstdc++ has.</param>
    /// <param name="application">The application's folder.</param>
    /// <param name="userCache">The user's own folder for such files, or null where there is none.</param>
    internal static CompatibleCopy? Of(string shipped, IReadOnlySet<string> available, string application, string? userCache)
    {
        var bytes = File.ReadAllBytes(shipped);
        if (!GlibcxxRequirement.TryRelax(bytes, available))
        {
            return null;
        }

        var name = System.IO.Path.GetFileNameWithoutExtension(shipped) + "." + Convert.ToHexStringLower(SHA256.HashData(bytes))[..16] + ".so";
        foreach (var directory in Candidates(shipped, application, userCache))
        {
            var path = System.IO.Path.Combine(directory, name);
            if (TryProvide(path, bytes))
            {
                return new CompatibleCopy(path, IsTemporary: false);
            }
        }

        // A fixed name in a folder that everyone may write could be somebody else's file: this folder is new and ours alone.
        var temporary = System.IO.Path.Combine(Directory.CreateTempSubdirectory("layerdsl-").FullName, name);
        File.WriteAllBytes(temporary, bytes);
        return new CompatibleCopy(temporary, IsTemporary: true);
    }

    /// <summary>Removes a temporary copy; a library that is loaded stays in memory.</summary>
    public void DeleteIfTemporary()
    {
        if (IsTemporary)
        {
            Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
        }
    }

    private static string? UserCache() =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } local
            ? System.IO.Path.Combine(local, "LayerDsl", "native")
            : null;

    /// <summary>The application's own folder, but never a package cache, whose content is checked and shared.</summary>
    private static IEnumerable<string> Candidates(string shipped, string application, string? userCache)
    {
        var beside = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(shipped))!;
        if (IsWithin(beside, application) && !IsInPackageCache(beside))
        {
            yield return beside;
        }

        if (userCache is not null)
        {
            yield return userCache;
        }
    }

    private static bool IsWithin(string directory, string ancestor) =>
        (directory + "/").StartsWith(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(ancestor)) + "/", StringComparison.Ordinal);

    /// <summary>A local .NET tool runs from the package cache: there the application's own folder is not to be written.</summary>
    private static bool IsInPackageCache(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, PackageMarker)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False where the place cannot be used, for whatever reason the file system gives: the next one is tried.</summary>
    private static bool TryProvide(string path, byte[] bytes)
    {
        try
        {
            if (!(File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)))
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                Write(path, bytes);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes under a name that nobody else uses and renames: another process or thread sees all of the file or none.</summary>
    private static void Write(string path, byte[] bytes)
    {
        // Process numbers repeat: two containers that share a folder may both be number 1.
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            // After the rename there is nothing to delete, which is no error.
            File.Delete(temporary);
        }
    }
}
