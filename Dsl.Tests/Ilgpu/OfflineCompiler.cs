using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Compiles kernels for devices that are not there.</summary>
public sealed class OfflineCompiler : IDisposable
{
    private readonly Context context = Context.Create(builder => builder.CPU().Optimize(OptimizationLevel.O2));

    /// <summary>The architectures that kernels are compiled for.</summary>
    internal static IReadOnlyList<string> Architectures { get; } = ["sm_70", "sm_80", "sm_90"];

    /// <summary>The PTX of a kernel.</summary>
    internal PtxText Ptx(MethodInfo kernel, bool isGrouped, string architecture = "sm_80")
    {
        var target = architecture switch
        {
            "sm_70" => CudaArchitecture.SM_70,
            "sm_80" => CudaArchitecture.SM_80,
            "sm_90" => CudaArchitecture.SM_90,
            _ => throw new ArgumentException($"No such architecture: {architecture}", nameof(architecture)),
        };
        using var backend = new PTXBackend(context, new CudaCapabilityContext(target), target, CudaInstructionSet.ISA_78, null!);
        return new PtxText(((PTXCompiledKernel)backend.Compile(Entry(kernel, isGrouped), new KernelSpecialization())).PTXAssembly);
    }

    /// <summary>The OpenCL C of a kernel.</summary>
    internal string OpenCL(MethodInfo kernel, bool isGrouped)
    {
        using var backend = new CLBackend(context, new CLCapabilityContext(true, true, true, true, true), CLDeviceVendor.AMD, new CLCVersion(2, 0));
        return ((CLCompiledKernel)backend.Compile(Entry(kernel, isGrouped), new KernelSpecialization())).Source;
    }

    public void Dispose() => context.Dispose();

    private static EntryPointDescription Entry(MethodInfo kernel, bool isGrouped) =>
        isGrouped ? EntryPointDescription.FromExplicitlyGroupedKernel(kernel) : EntryPointDescription.FromImplicitlyGroupedKernel(kernel);
}
