using Spectre.Console;

namespace LayerDsl.Examples.Reporting;

/// <summary>What an example promises, and whether this run kept it.</summary>
public static class Checklist
{
    /// <summary>Shows each promise.</summary>
    /// <param name="console">Where to show them.</param>
    /// <param name="promises">What should hold, and whether it does.</param>
    /// <returns>The exit code: 0 if all are kept, otherwise 1.</returns>
    public static int Show(IAnsiConsole console, params IReadOnlyList<(string Statement, bool Holds)> promises)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(promises);
        foreach (var (statement, holds) in promises)
        {
            console.MarkupLineInterpolated(holds ? $"[green]ok[/]      {statement}" : (FormattableString)$"[red]FAILED[/]  {statement}");
        }

        return promises.All(promise => promise.Holds) ? 0 : 1;
    }
}
