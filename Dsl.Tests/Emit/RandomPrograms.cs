using System.Reflection;
using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Emit;

/// <summary>Models with random bodies of forward, generated and compiled once for all tests that run them.</summary>
public sealed class RandomPrograms
{
    private const int Count = 40;

    private readonly Lazy<Assembly> assembly;

    public RandomPrograms()
    {
        Run = GeneratorRun.Of(string.Concat(Enumerable.Range(0, Count).Select(seed => RandomModels.Write("M" + seed, seed))));
        assembly = new Lazy<Assembly>(Run.Load);
    }

    /// <summary>The model classes.</summary>
    public IEnumerable<Type> Models => Enumerable.Range(0, Count).Select(seed => assembly.Value.GetType("M" + seed)!);

    internal GeneratorRun Run { get; }
}

/// <summary>The tests that run the random programs share one compilation of them.</summary>
[CollectionDefinition(Name)]
public sealed class SharedRandomPrograms : ICollectionFixture<RandomPrograms>
{
    public const string Name = "Random programs";
}
