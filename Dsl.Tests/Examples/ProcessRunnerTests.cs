using LayerDsl.Examples.Data;

namespace LayerDsl.Tests.Examples;

public sealed class ProcessRunnerTests
{
    [Fact]
    public void A_program_gives_its_exit_code_and_all_its_lines()
    {
        var lines = new List<string>();
        var result = ProcessRunner.Run(new ProcessRequest("dotnet", ["--version"], Path.GetTempPath()), lines.Add);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(result.Output, string.Join('\n', lines));
        Assert.Matches(@"^\d+\.\d+\.\d+", result.Output);
    }

    [Fact]
    public void A_failing_program_is_a_result_and_not_an_exception()
    {
        var result = ProcessRunner.Run(new ProcessRequest("dotnet", ["no-such-command"], Path.GetTempPath()), _ => { });
        Assert.NotEqual(0, result.ExitCode);
        Assert.NotEmpty(result.Output);
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var error = Assert.Throws<ProgramNotFoundException>(
            () => ProcessRunner.Run(new ProcessRequest("layerdsl-no-such-program", [], Path.GetTempPath()), _ => { }));
        Assert.Contains("layerdsl-no-such-program", error.Message, StringComparison.Ordinal);
    }
}
