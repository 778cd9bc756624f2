using System.ComponentModel;
using System.Diagnostics;

namespace LayerDsl.Examples.Data;

/// <summary>A program to run.</summary>
/// <param name="Program">Its name, searched on the path.</param>
/// <param name="Arguments">Its arguments, passed as they are: no shell reads them.</param>
/// <param name="Directory">The folder it runs in.</param>
public sealed record ProcessRequest(string Program, IReadOnlyList<string> Arguments, string Directory);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">Everything it wrote.</param>
public sealed record ProcessResult(int ExitCode, string Output);

/// <summary>Runs a program to its end.</summary>
/// <param name="request">The program.</param>
/// <param name="onLine">Is given each line as it is written.</param>
/// <exception cref="ProgramNotFoundException">There is no such program.</exception>
public delegate ProcessResult RunProcess(ProcessRequest request, Action<string> onLine);

/// <summary>A program is not installed.</summary>
public sealed class ProgramNotFoundException : Exception
{
    /// <summary>Names the program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="inner">What was caught.</param>
    public ProgramNotFoundException(string program, Exception? inner = null)
        : base($"'{program}' is not installed or not on the path.", inner)
    {
    }
}

/// <summary>Runs programs of the operating system.</summary>
public static class ProcessRunner
{
    /// <inheritdoc cref="RunProcess"/>
    public static ProcessResult Run(ProcessRequest request, Action<string> onLine)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onLine);
        var start = new ProcessStartInfo(request.Program, request.Arguments)
        {
            WorkingDirectory = request.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The lines are read by this program, not by a person.
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        process.StandardInput.Close();
        return Collect(process, onLine);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new ProgramNotFoundException(start.FileName, error);
        }
    }

    private static ProcessResult Collect(Process process, Action<string> onLine)
    {
        var lines = new List<string>();
        void Take(object sender, DataReceivedEventArgs received)
        {
            if (received.Data is { } line)
            {
                // Both streams report on threads of their own.
                lock (lines)
                {
                    lines.Add(line);
                    onLine(line);
                }
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return new ProcessResult(process.ExitCode, string.Join('\n', lines));
    }
}
