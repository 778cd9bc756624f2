using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Bench.Generator;

/// <summary>A project that is edited: every edit changes one type, and the generator runs again as it does in an editor.</summary>
internal sealed class Editing
{
    private readonly Contestant contestant;
    private readonly int[] versions;
    private CSharpCompilation project;
    private GeneratorDriver driver;

    public Editing(Contestant contestant, int types)
    {
        this.contestant = contestant;
        versions = new int[types];
        project = contestant.Project(types);
        driver = contestant.Driver().RunGenerators(project);
    }

    /// <summary>The time from the changed text to the changed generated code.</summary>
    public TimeSpan Edit(int number)
    {
        var old = project.SyntaxTrees[number];
        var changed = contestant.Parse(number, ++versions[number]);
        var clock = Stopwatch.StartNew();
        project = project.ReplaceSyntaxTree(old, changed);
        driver = driver.RunGenerators(project);
        var elapsed = clock.Elapsed;
        return driver.GetRunResult().Results.Single().Exception is { } fault ? throw new InvalidOperationException($"{contestant.Name} threw", fault) : elapsed;
    }
}
