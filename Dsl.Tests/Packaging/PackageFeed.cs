namespace LayerDsl.Tests.Packaging;

/// <summary>The packages of this build in a folder, under a version that no other package has: an older one in the package cache would be tested in their place.</summary>
internal sealed class PackageFeed
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private readonly string folder;

    private PackageFeed(string folder)
    {
        this.folder = folder;
        var line = Command.RunOrFail(RepositoryRoot.Path, "dotnet", "nuget", "locals", "global-packages", "--list");
        GlobalPackages = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    /// <summary>Where the packages of others are already.</summary>
    public string GlobalPackages { get; }

    public static PackageFeed Pack(string folder, params string[] projects)
    {
        var feed = new PackageFeed(folder);
        foreach (var project in projects)
        {
            Command.RunOrFail(RepositoryRoot.Path, "dotnet", "pack", project, "--no-build", "-c", Configuration, "-o", Path.Combine(folder, "feed"), "-p:PackageVersion=" + feed.Version, "--nologo");
        }

        return feed;
    }

    /// <summary>Copies the templates of a user's projects; the marks in them become this feed's version and folders.</summary>
    /// <param name="templates">The folder beside this file.</param>
    public void Write(string templates)
    {
        var root = Path.Combine(RepositoryRoot.Path, "Dsl.Tests", "Packaging", templates);
        foreach (var template in Directory.EnumerateFiles(root, "*.txt", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.ChangeExtension(Path.GetRelativePath(root, template), null));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, File.ReadAllText(template)
                .Replace("@VERSION@", Version, StringComparison.Ordinal)
                .Replace("@FEED@", Path.Combine(folder, "feed"), StringComparison.Ordinal)
                .Replace("@PACKAGES@", Path.Combine(folder, "packages"), StringComparison.Ordinal)
                .Replace("@FALLBACK@", GlobalPackages, StringComparison.Ordinal));
        }
    }
}
