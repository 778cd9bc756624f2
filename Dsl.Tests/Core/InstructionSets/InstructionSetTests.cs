using System.Text.RegularExpressions;
using LayerDsl.Tests.Core.Kernels;
using LayerDsl.Tests.Packaging;

namespace LayerDsl.Tests.Core.InstructionSets;

/// <summary>
/// The tests of all kernels (packed, dense, sparse, convolution, pooling, attention, norms, loops and vector functions) once more in processes that lack instruction sets: without AVX2, as an older x86
/// processor, and in portable code, as a processor that is neither x86 nor Arm. In this process kernels of every width run on what the processor has.
/// </summary>
public sealed partial class InstructionSetTests
{
    private const string Filter = "FullyQualifiedName~Tests.Core.Kernels|FullyQualifiedName~Tests.Core.Simd";

    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void Kernels_are_right_without(string instructionSets)
    {
        var assembly = typeof(InstructionSetTests).Assembly.Location;
        var output = Command.RunOrFail(
            Path.GetDirectoryName(assembly)!, "env", $"{instructionSets}=0", "DOTNET_TieredPGO=0", $"{Widths.NarrowOnly}=1", "dotnet", "vstest", assembly, $"--TestCaseFilter:{Filter}");

        // Tests that none of were found would pass as well.
        var passed = int.Parse(Passed().Match(output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(passed > 150, output);
    }

    [GeneratedRegex(@"Passed:\s*(\d+)")]
    private static partial Regex Passed();
}
