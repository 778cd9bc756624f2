using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace LayerDsl.Tests.Packaging;

/// <summary>
/// A project outside of this repository that references the package, as a user's does: it builds without a warning, TorchSharp
/// loads though it is touched first, and nothing that was shipped is changed.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class UserProjectTests : IDisposable
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>A version that no other package has: an older one in the package cache would be tested in its place.</summary>
    private readonly string version = $"0.1.0-test.{Guid.NewGuid():N}";

    private readonly string folder = Directory.CreateTempSubdirectory("layerdsl-user-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_project_that_references_the_package_builds_publishes_and_runs()
    {
        Pack();
        var packages = GlobalPackages();
        var cached = Path.Combine(packages, "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        var before = Hash(cached);
        Write(packages);
        Command.RunOrFail(folder, "dotnet", "publish", "UserProject.csproj", "-c", "Release", "-o", "out", "-warnaserror", "--nologo");
        var shipped = Directory.EnumerateFiles(Path.Combine(folder, "out"), "libLibTorchSharp.so", SearchOption.AllDirectories).Single();
        Assert.Equal(before, Hash(shipped));

        // Before the fix has ever run here: the unpatched copy alone.
        SwitchLoader(disabled: true);
        var (exitCode, output) = Command.Run(folder, "dotnet", "out/UserProject.dll");
        Assert.Equal(NeedsLoader(), exitCode != 0);
        Assert.Equal(NeedsLoader(), !output.Contains("sum 6", StringComparison.Ordinal));

        SwitchLoader(disabled: false);
        Parallel.Invoke(Start, Start, Start);
        Start();
        Assert.Equal(NeedsLoader() ? 2 : 1, Directory.GetFiles(Path.GetDirectoryName(shipped)!, "libLibTorchSharp*").Length);
        Assert.Equal(before, Hash(shipped));
        Assert.Equal(before, Hash(cached));
    }

    private void Start()
    {
        var printed = Command.RunOrFail(folder, "dotnet", "out/UserProject.dll");
        Assert.True(printed.Contains("sum 6", StringComparison.Ordinal) && printed.Contains("agrees True", StringComparison.Ordinal), printed);
    }

    private void Pack()
    {
        foreach (var project in new[] { "Dsl.Attributes", "Dsl.Runtime/Core", "Dsl.Runtime/Torch" })
        {
            Command.RunOrFail(RepositoryRoot.Path, "dotnet", "pack", project, "--no-build", "-c", Configuration, "-o", Path.Combine(folder, "feed"), "-p:PackageVersion=" + version, "--nologo");
        }
    }

    private void Write(string packages)
    {
        var templates = Path.Combine(RepositoryRoot.Path, "Dsl.Tests", "Packaging", "UserProject");
        var project = File.ReadAllText(Path.Combine(templates, "UserProject.csproj.txt"))
            .Replace("@VERSION@", version, StringComparison.Ordinal)
            .Replace("@FEED@", Path.Combine(folder, "feed"), StringComparison.Ordinal)
            .Replace("@PACKAGES@", Path.Combine(folder, "packages"), StringComparison.Ordinal)
            .Replace("@FALLBACK@", packages, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "UserProject.csproj"), project);
        File.Copy(Path.Combine(templates, "Program.cs.txt"), Path.Combine(folder, "Program.cs"));
    }

    private void SwitchLoader(bool disabled)
    {
        var path = Path.Combine(folder, "out", "UserProject.runtimeconfig.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        var options = config["runtimeOptions"]!.AsObject();
        var properties = options["configProperties"]?.AsObject() ?? [];
        properties[TorchLibrary.DisableSwitch] = disabled;
        options["configProperties"] = properties.DeepClone();
        File.WriteAllText(path, config.ToJsonString());
    }

    /// <summary>Whether this system's libstdc++ is older than what TorchSharp asks for.</summary>
    private static bool NeedsLoader() => !GlibcxxRequirement.SystemVersions().Contains("GLIBCXX_3.4.32");

    private static string GlobalPackages()
    {
        var line = Command.RunOrFail(RepositoryRoot.Path, "dotnet", "nuget", "locals", "global-packages", "--list");
        return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
