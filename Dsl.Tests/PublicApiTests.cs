using PublicApiGenerator;
using VerifyXunit;

namespace LayerDsl.Tests;

/// <summary>The public API, member by member: a change of it is a decision, not an accident.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [Fact]
    public Task Attributes() => Verifier.Verify(typeof(LinearAttribute).Assembly.GeneratePublicApi(Options));

    [Fact]
    public Task Core() => Verifier.Verify(typeof(FoldedModel).Assembly.GeneratePublicApi(Options));

    [Fact]
    public Task Ilgpu() => Verifier.Verify(typeof(LayerDsl.Ilgpu.DeviceModel).Assembly.GeneratePublicApi(Options));

    [Fact]
    public Task Torch() => Verifier.Verify(typeof(Layer).Assembly.GeneratePublicApi(Options));
}
