using System.Diagnostics;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Every kernel as OpenCL C, which a compiler that knows the language accepts.</summary>
public sealed class OpenCLTests(OfflineCompiler compiler) : IClassFixture<OfflineCompiler>
{
    private static readonly string? Clang = new[] { "clang", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15", "clang-14" }
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    [Fact]
    public void Every_kernel_compiles_to_OpenCL() =>
        Assert.All(KernelCatalog.All, kernel => Assert.Contains("kernel void", compiler.OpenCL(kernel.Method, kernel.IsGrouped), StringComparison.Ordinal));

    /// <summary>ILGPU writes !(a >= b) as a &lt; b, which is false for NaN too: NaN would be no largest value of its window.</summary>
    [Fact]
    public void NaN_fails_no_comparison_that_a_pool_keeps_it_by()
    {
        var text = compiler.OpenCL(TrainingCatalog.Library.Single(kernel => kernel.Name == "max pool with places").Method, isGrouped: false);

        Assert.Contains(">= (float) -INFINITY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("< (float) -INFINITY", text, StringComparison.Ordinal);
    }

    [ClangFact]
    public void Clang_accepts_the_OpenCL_of_every_kernel()
    {
        using var directory = new Core.TemporaryDirectory();
        var files = KernelCatalog.All.Concat(TrainingCatalog.Library).Select((kernel, number) =>
        {
            var path = directory[$"kernel{number}.cl"];
            File.WriteAllText(path, compiler.OpenCL(kernel.Method, kernel.IsGrouped));
            return path;
        }).ToArray();

        var (exit, said) = Check(files);

        Assert.True(exit == 0, said);
    }

    [ClangFact]
    public void Clang_refuses_what_is_no_OpenCL()
    {
        using var directory = new Core.TemporaryDirectory();
        File.WriteAllText(directory["wrong.cl"], "kernel void k(global float* x) { x[0] = undeclared; }");

        Assert.NotEqual(0, Check([directory["wrong.cl"]]).Exit);
    }

    private static (int Exit, string Said) Check(IReadOnlyCollection<string> files)
    {
        var start = new ProcessStartInfo(Clang!) { RedirectStandardError = true };
        foreach (var argument in new[] { "-x", "cl", "-cl-std=CL2.0", "-Xclang", "-finclude-default-header", "-fsyntax-only" }.Concat(files))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    private sealed class ClangFactAttribute : FactAttribute
    {
        public ClangFactAttribute() => Skip = Clang is null ? "clang is not installed; on Debian: apt-get install clang" : null;
    }
}
