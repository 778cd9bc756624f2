using System.ComponentModel;
using System.Diagnostics;

namespace LayerDsl.Examples;

/// <summary>Runs a program; tests put their own in its place.</summary>
public interface ICommandRunner
{
    /// <summary>Whether the program was found and ended with success.</summary>
    bool Run(string folder, string program, params string[] arguments);
}

/// <summary>Runs programs of this machine.</summary>
public sealed class CommandRunner : ICommandRunner
{
    public bool Run(string folder, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // no such program: not Debian or Ubuntu
        }
    }
}
