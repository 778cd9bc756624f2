using System.Runtime.CompilerServices;

namespace LayerDsl.Tests;

/// <summary>Where the repository is, for tests of its files.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), ".."));

    private static string Here([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;
}
