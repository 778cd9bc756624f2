#if USE_VERIFY_PACKAGE
using System.Runtime.CompilerServices;
using VerifyTests;

namespace LayerDsl.Tests.Snapshots;

/// <summary>Teaches the real Verify to split a generator's run into one snapshot per file.</summary>
internal static class VerifyPackage
{
    [ModuleInitializer]
    public static void Initialize() => VerifySourceGenerators.Initialize();
}
#endif
