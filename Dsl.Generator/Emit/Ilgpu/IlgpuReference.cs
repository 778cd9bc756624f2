using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Emit.Ilgpu;

/// <summary>Whether a project has the package that runs folded models on a device.</summary>
internal static class IlgpuReference
{
    public static IncrementalValueProvider<bool> HasIlgpu(this IncrementalGeneratorInitializationContext context) =>
        context.CompilationProvider.Select((compilation, _) => compilation.GetTypeByMetadataName("LayerDsl.Ilgpu.DeviceModel") is not null).WithTrackingName(StepNames.HasIlgpu);
}
