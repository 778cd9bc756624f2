using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;
using Microsoft.CodeAnalysis;
using Xunit.Sdk;

namespace VerifyXunit;

/// <summary>
/// Snapshot tests with the shape and file conventions of Verify, for where its package cannot be restored
/// (<c>UseVerifyPackage=true</c> swaps this file for it): <c>Class.Method#Hint.verified.cs</c> beside the test is what was
/// accepted, <c>.received.cs</c> is written on failure and shown in a diff tool, never on CI.
/// </summary>
public static class Verifier
{
    /// <summary>Compares each generated file of a run with its accepted snapshot.</summary>
    public static Task Verify(GeneratorDriverRunResult target, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "")
    {
        var files = target.Results.SelectMany(result => result.GeneratedSources)
            .Select(source => (Hint: source.HintName[..^".cs".Length], Text: source.SourceText.ToString()))
            .OrderBy(file => file.Hint, StringComparer.Ordinal);
        return VerifyFiles(sourceFile, method, "cs", [.. files]);
    }

    /// <summary>Compares a text with its accepted snapshot.</summary>
    public static Task Verify(string target, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        VerifyFiles(sourceFile, method, "txt", [(string.Empty, target)]);

    private static async Task VerifyFiles(string sourceFile, string method, string extension, (string Hint, string Text)[] files)
    {
        var stem = Path.Combine(Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}");
        var failures = new List<string>();
        var expected = files.Select(file => NameOf(stem, file.Hint, "verified", extension)).ToHashSet();
        foreach (var stale in Existing(stem, extension).Where(path => !expected.Contains(path)))
        {
            failures.Add("no longer generated: " + Path.GetFileName(stale));
        }

        foreach (var (hint, text) in files)
        {
            await Compare(NameOf(stem, hint, "verified", extension), NameOf(stem, hint, "received", extension), text, failures);
        }

        if (failures.Count > 0)
        {
            throw new XunitException("Snapshots differ; to accept, rename .received to .verified.\n" + string.Join("\n", failures));
        }
    }

    private static async Task Compare(string verified, string received, string text, List<string> failures)
    {
        var actual = Normalize(text);
        if (File.Exists(verified) && Normalize(await File.ReadAllTextAsync(verified)) == actual)
        {
            File.Delete(received);
            return;
        }

        await File.WriteAllTextAsync(received, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        failures.Add((File.Exists(verified) ? "differs: " : "new: ") + Path.GetFileName(verified));
        if (!BuildServerDetector.Detected)
        {
            await DiffRunner.LaunchAsync(received, verified);
        }
    }

    private static IEnumerable<string> Existing(string stem, string extension) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(stem)!, Path.GetFileName(stem) + "*.verified." + extension)
            .Where(path => path[stem.Length] is '#' or '.');

    private static string NameOf(string stem, string hint, string state, string extension) =>
        hint.Length == 0 ? $"{stem}.{state}.{extension}" : $"{stem}#{hint}.{state}.{extension}";

    /// <summary>Line endings are the checkout's business, not the generator's.</summary>
    private static string Normalize(string text) => text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
}
