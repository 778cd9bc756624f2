namespace LayerDsl.Tests.Packaging;

/// <summary>
/// Two projects outside of this repository, as a user has them: one declares a model, the other takes its folded half through
/// <c>LayerDslFolded</c> and references no TorchSharp.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class DeployProjectTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("layerdsl-deploy-").FullName;

    public DeployProjectTests() => PackageFeed.Pack(folder, "Dsl.Attributes", "Dsl.Runtime/Core", "Dsl.Runtime/Torch").Write("DeployProject");

    private string Service => Path.Combine(folder, "Service");

    private string ServiceAssembly => Path.Combine(Service, "obj", "Release", "net10.0", "Service.dll");

    private string TrainingAssembly => Path.Combine(folder, "Training", "obj", "Release", "net10.0", "Training.dll");

    private string Model => Path.Combine(folder, "Training", "Net.cs");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_service_takes_the_folded_model_and_follows_its_changes()
    {
        // Neither project was restored before.
        Build();
        var first = Run();
        Assert.Contains("y = 10, Hidden Linear(2, 1)", first, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Service, "bin"), "*Torch*", SearchOption.AllDirectories));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(folder, "Training"), "*", SearchOption.AllDirectories), file => file.Contains("/bin/", StringComparison.Ordinal));

        // Nothing changed: nothing is compiled.
        var (service, training) = (Written(ServiceAssembly), Written(TrainingAssembly));
        Build();
        Assert.Equal((service, training), (Written(ServiceAssembly), Written(TrainingAssembly)));

        // The training project changes, its folded model does not.
        File.AppendAllText(Model, "\n// A remark.\n");
        Build();
        Assert.Equal(service, Written(ServiceAssembly));
        Assert.True(Written(TrainingAssembly) > training);

        // The model changes. One that is no more leaves nothing behind.
        File.WriteAllText(Path.Combine(folder, "Training", "Other.cs"), File.ReadAllText(Model).Replace("class Net", "class Other", StringComparison.Ordinal));
        Edit(Model, "nn.functional.relu(Hidden.forward(x))", "Hidden.forward(x) * -1");
        Build();
        Assert.Contains("y = -10, Hidden Linear(2, 1)", Run(), StringComparison.Ordinal);
        Assert.Equal(2, Copies());
        File.Delete(Path.Combine(folder, "Training", "Other.cs"));
        Build();
        Assert.Equal(1, Copies());

        Command.RunOrFail(Service, "dotnet", "clean", "-c", "Release", "--nologo");
        Assert.Equal(0, Copies());
        Build();
        Assert.Contains("y = -10", Run(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../Missing/Missing.csproj", "LDSL401", "'../Missing/Missing.csproj'")]
    [InlineData("../Plain/Plain.csproj", "LDSL402", "not built with LayerDsl")]
    [InlineData("../Layers/Layers.csproj", "LDSL403", "'Layers' has no folded model")]
    [InlineData("../Silent/Silent.csproj", "LDSL404", "'Silent' does not keep its generated files")]
    public void A_wrong_item_is_an_error_with_a_code(string project, string code, string text)
    {
        var (exitCode, output) = Command.Run(Service, "dotnet", "build", "-c", "Release", "--nologo", "-p:TrainingProject=" + project);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error " + code, output, StringComparison.Ordinal);
        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(RepositoryRoot.Path, "docs", "diagnostics", code + ".md")));
    }

    private static DateTime Written(string path) => File.GetLastWriteTimeUtc(path);

    private static void Edit(string path, string from, string to)
    {
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    private int Copies() => Directory.EnumerateFiles(Path.Combine(Service, "obj"), "*.Folded.g.cs", SearchOption.AllDirectories).Count();

    private void Build() => Command.RunOrFail(Service, "dotnet", "build", "-c", "Release", "--nologo", "-warnaserror");

    private string Run() => Command.RunOrFail(Service, "dotnet", Path.Combine("bin", "Release", "net10.0", "Service.dll"));
}
