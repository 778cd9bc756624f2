namespace LayerDsl.Tests.Core;

/// <summary>A directory of its own for one test, removed with everything in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("layerdsl-").FullName;

    public string this[string file] => System.IO.Path.Combine(Path, file);

    public string[] Files() => [.. Directory.GetFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
