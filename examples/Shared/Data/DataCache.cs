namespace LayerDsl.Examples.Data;

/// <summary>The folder that holds fetched data sets. It is not under version control and can be deleted at any time.</summary>
/// <param name="Root">The folder.</param>
public sealed record DataCache(string Root)
{
    /// <summary>The environment variable that moves the cache elsewhere.</summary>
    public const string Variable = "LAYERDSL_CACHE";

    /// <summary>How .NET reports a locked file: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    /// <summary>The folder that <c>LAYERDSL_CACHE</c> names, or <c>.cache</c> in the repository.</summary>
    /// <exception cref="DataFetchException">The variable is not set, and the program does not run from inside the repository.</exception>
    public static DataCache Default()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
        {
            return new DataCache(Path.GetFullPath(folder));
        }

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "LayerDsl.sln")))
            {
                return new DataCache(Path.Combine(directory.FullName, ".cache"));
            }
        }

        throw new DataFetchException(
            $"No folder to keep data in: '{AppContext.BaseDirectory}' is not inside the repository. Set {Variable} to a folder.");
    }

    /// <summary>The folder of one data set, which is created where it does not exist.</summary>
    /// <param name="name">The data set.</param>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    /// <summary>
    /// Waits until no other program fetches into the cache, and keeps others out until disposed. The operating system lets go
    /// of the lock when the program ends, however it ends.
    /// </summary>
    /// <param name="patience">How long to wait.</param>
    /// <exception cref="DataFetchException">Another program still holds the lock.</exception>
    public IDisposable Lock(TimeSpan patience)
    {
        var path = Path.Combine(Directory.CreateDirectory(Root).FullName, ".lock");
        var deadline = DateTime.UtcNow + patience;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (HeldByAnother.Contains(error.HResult))
            {
                if (DateTime.UtcNow > deadline)
                {
                    throw new DataFetchException($"Another program has held '{path}' for {patience.TotalSeconds:F0} s. End it and start again.", error);
                }

                Thread.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
