using System.Globalization;
using Spectre.Console;

namespace LayerDsl.Examples.Reporting;

/// <summary>Shows how far a piece of work is: a bar in a terminal, a line at every fifth of the way where the output is redirected.</summary>
public static class WorkProgress
{
    private const int PlainLines = 5;

    /// <summary>Does the work.</summary>
    /// <typeparam name="TResult">What the work gives.</typeparam>
    /// <param name="console">Where to show it.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="work">The work; it is given a function to report the fraction done and a note.</param>
    public static TResult Run<TResult>(IAnsiConsole console, string title, Func<Action<double, string>, TResult> work)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(work);
        return console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi ? RunWithBar(console, title, work) : RunWithLines(console, title, work);
    }

    private static TResult RunWithBar<TResult>(IAnsiConsole console, string title, Func<Action<double, string>, TResult> work) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                var result = work((fraction, note) =>
                {
                    task.Description = Markup.Escape($"{title}: {note}");
                    task.Value = fraction;
                });
                task.Value = 1;
                return result;
            });

    private static TResult RunWithLines<TResult>(IAnsiConsole console, string title, Func<Action<double, string>, TResult> work)
    {
        var shown = -1;
        return work((fraction, note) =>
        {
            // A little more, so that 3/5 computed as 0.5999… counts as reached.
            var reached = (int)((fraction * PlainLines) + 1e-9);
            if (reached > shown)
            {
                shown = reached;
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {fraction * 100:F0} %, {note}"));
            }
        });
    }
}
