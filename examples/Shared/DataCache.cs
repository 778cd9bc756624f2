using System.Runtime.CompilerServices;

namespace LayerDsl.Examples;

/// <summary>Where fetched data sets are kept: <c>$LAYERDSL_CACHE</c>, or the git-ignored folder <c>.cache</c> of the repository.</summary>
public static class DataCache
{
    public static string Path =>
        Environment.GetEnvironmentVariable("LAYERDSL_CACHE") is { Length: > 0 } chosen ? chosen : System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), "..", "..", ".cache"));

    private static string Here([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;
}
