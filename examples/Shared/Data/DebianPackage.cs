using System.Globalization;

namespace LayerDsl.Examples.Data;

/// <summary>
/// Fetches and unpacks a Debian package with the distribution's own client, without root and without touching the system:
/// lists and downloads stay in a folder of ours. Every step can be repeated: apt goes on where a broken download stopped, and
/// an unpacked folder appears as a whole or not at all.
/// </summary>
public sealed class DebianPackage
{
    private readonly string name;
    private readonly string folder;
    private readonly RunProcess run;

    /// <summary>Names the package. Nothing is fetched yet.</summary>
    /// <param name="name">The package.</param>
    /// <param name="folder">A folder for nothing else.</param>
    /// <param name="run">Runs apt-get and dpkg-deb.</param>
    public DebianPackage(string name, string folder, RunProcess run)
    {
        this.name = name;
        this.folder = folder;
        this.run = run;
    }

    /// <summary>Downloads and unpacks the package.</summary>
    /// <param name="report">Is given the fraction done and what is being done.</param>
    /// <returns>The folder with the package's files, or null when the download turned out to be damaged.</returns>
    /// <exception cref="DataFetchException">The package could not be downloaded.</exception>
    /// <exception cref="ProgramNotFoundException">This is no Debian.</exception>
    public string? Fetch(Action<double, string> report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Directory.CreateDirectory(folder);
        Download(report);
        var unpacked = Path.Combine(folder, "unpacked");
        var temporary = unpacked + ".tmp";
        DeleteFolder(unpacked);
        DeleteFolder(temporary);
        report(1, "unpacking");
        if (Run("dpkg-deb", ["-x", Archive()!, temporary], _ => { }).ExitCode != 0)
        {
            return null;
        }

        Directory.Move(temporary, unpacked);
        return unpacked;
    }

    /// <summary>Deletes everything downloaded and unpacked, so that the next fetch starts from nothing.</summary>
    public void Discard() => DeleteFolder(folder);

    private void Download(Action<double, string> report)
    {
        var first = Run("apt-get", DownloadWith([]), line => ReportLine(line, report));
        if (first.ExitCode == 0 && Archive() is not null)
        {
            return;
        }

        // The system's lists do not know the package, or know a version that is gone.
        report(0, "asking for the list of packages");
        var own = OwnLists();
        var update = Run("apt-get", [.. own, "-q", "update"], _ => { });
        var second = Run("apt-get", DownloadWith(own), line => ReportLine(line, report));
        if (second.ExitCode != 0 || Archive() is null)
        {
            throw new DataFetchException(
                $"apt-get could not download the package '{name}' (exit code {second.ExitCode}; apt-get update: {update.ExitCode}):\n{Last(update)}\n{Last(second)}");
        }
    }

    /// <summary>apt checks the archive against the list's hash, but believes a whole file that is there already: hence the reader's own check.</summary>
    private string? Archive() => Directory.EnumerateFiles(folder, name + "_*.deb").OrderDescending(StringComparer.Ordinal).FirstOrDefault();

    private string[] DownloadWith(string[] lists) =>
        [.. lists, "-q", "-o", "APT::Status-Fd=1", "-o", "Acquire::Retries=3", "-o", "APT::Sandbox::User=", "download", name];

    /// <summary>The system's own lists need root to update.</summary>
    private string[] OwnLists()
    {
        var lists = Directory.CreateDirectory(Path.Combine(folder, "apt", "lists", "partial")).Parent!.FullName;
        Directory.CreateDirectory(Path.Combine(folder, "apt", "archives", "partial"));
        return ["-o", "Dir::State::lists=" + lists, "-o", "Dir::Cache=" + Path.Combine(folder, "apt"), "-o", "APT::Sandbox::User="];
    }

    /// <summary>apt's progress lines: <c>dlstatus:item:percent:text</c>.</summary>
    private static void ReportLine(string line, Action<double, string> report)
    {
        var parts = line.Split(':');
        if (parts.Length >= 3 && parts[0] == "dlstatus" && double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
        {
            report(Math.Clamp(percent / 100, 0, 1), "downloading");
        }
    }

    private ProcessResult Run(string program, IReadOnlyList<string> arguments, Action<string> onLine) =>
        run(new ProcessRequest(program, arguments, folder), onLine);

    private static string Last(ProcessResult result) =>
        string.Join('\n', result.Output.Split('\n').Where(line => !line.StartsWith("dlstatus:", StringComparison.Ordinal)).TakeLast(4));

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
