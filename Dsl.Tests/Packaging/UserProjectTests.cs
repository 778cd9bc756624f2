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
    private readonly string folder = Directory.CreateTempSubdirectory("layerdsl-user-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_project_that_references_the_package_builds_publishes_and_runs()
    {
        var feed = PackageFeed.Pack(folder, "Dsl.Attributes", "Dsl.Runtime/Core", "Dsl.Runtime/Torch");
        var cached = Path.Combine(feed.GlobalPackages, "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        var before = Hash(cached);
        feed.Write("UserProject");
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

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
