using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;

namespace LayerDsl.Tests.Examples;

public sealed class ReportingTests
{
    [Fact]
    public void The_table_shows_both_models_with_invariant_numbers()
    {
        var training = new TrainingResult(0.5, TimeSpan.FromSeconds(61.25), TimeSpan.FromMilliseconds(1.5));
        var folded = new FoldedResult(0.875, 0, 1_000, 4_000, new FoldReportRow("output", 1.5e-6, 2e-4, 0.0075));
        var text = Shown(console => console.Write(ResultTable.Of(
            new ModelResult("plain", 0.25, 1_234_567, 4_938_268, training),
            new ModelResult("LayerDsl", 0.875, 2_000, 8_000, training, folded))));
        Assert.Matches(@"test accuracy +│ +25\.00 % │ +87\.50 %", text);
        Assert.Matches(@"… after folding +│ +– │ +87\.50 %", text);
        Assert.Matches(@"largest output difference +│ +– │ +1\.5e-6", text);
        Assert.Matches(@"certificate's bound where closest to it +│ +– │ +2\.0e-4", text);
        Assert.Matches(@"… difference / bound there +│ +– │ +7\.5e-3", text);
        Assert.Matches(@"parameters +│ +1,234,567 │ +2,000", text);
        Assert.Matches(@"time per training batch \(median\) +│ +1\.50 ms │ +1\.50 ms", text);
    }

    [Fact]
    public void Where_the_output_is_redirected_progress_is_a_few_lines()
    {
        var result = 0;
        var text = Shown(console => result = WorkProgress.Run(console, "work", report =>
        {
            for (var step = 1; step <= 1000; step++)
            {
                report(step / 1000.0, $"step {step}");
            }

            return 7;
        }));
        Assert.Equal(7, result);
        Assert.Equal(
            ["work: 0 %, step 1", "work: 20 %, step 200", "work: 40 %, step 400", "work: 60 %, step 600", "work: 80 %, step 800", "work: 100 %, step 1000"],
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));
    }

    [Fact]
    public void A_broken_promise_shows_and_fails_the_run()
    {
        var code = 0;
        var text = Shown(console => code = Checklist.Show(console, ("one [thing]", true), ("another", false)));
        Assert.Equal(1, code);
        Assert.Contains("ok      one [thing]", text, StringComparison.Ordinal);
        Assert.Contains("FAILED  another", text, StringComparison.Ordinal);
        Shown(console => code = Checklist.Show(console, ("one", true)));
        Assert.Equal(0, code);
    }

    private static string Shown(Action<IAnsiConsole> show)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 100;
        show(console);
        return writer.ToString();
    }
}
