namespace LayerDsl;

/// <summary>Replaces a file as a whole: a reader, or a crash, sees the old content or the new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a new file in the same directory, flushes it to disk, and renames it over the target.</summary>
    /// <exception cref="FoldedFileException">Writing or renaming failed; the target is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        // Through a link to the file that it names: replacing the link would leave that file stale.
        if (new FileInfo(path).LinkTarget is not null)
        {
            path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }

        // A rename is atomic within one file system only, hence the target's own directory.
        var directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? throw new FoldedFileException(path, "is a root directory, not a file.");
        var temporary = Path.Combine(directory, $".layerdsl-{Guid.NewGuid():N}.tmp");
        try
        {
            WriteThrough(temporary, write);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error)
        {
            Remove(path, temporary, error);
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new FoldedFileException(path, $"cannot be written, and is unchanged: {error.Message}", error);
            }

            throw;
        }
    }

    private static void WriteThrough(string temporary, Action<Stream> write)
    {
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static void Remove(string path, string temporary, Exception cause)
    {
        try
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FoldedFileException(
                path,
                $"cannot be written, and is unchanged; the temporary file '{temporary}' could not be removed either, delete it.",
                new AggregateException(cause, error));
        }
    }
}
