using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Ilgpu;

/// <summary>The comment on top of a model on a device: how every layer is launched, and what passes over memory there are beside.</summary>
internal static class DeviceHeader
{
    public static IEnumerable<string> Lines(TypeSpec type, ForwardProgram program, IEnumerable<DeviceCall> calls, IReadOnlyCollection<FusedKernel> kernels, int samples)
    {
        yield return $"{type.Name}.OnDevice: {Text(program.InputSize)} → {Text(program.OutputSize)} values per sample, on an ILGPU accelerator; up to {Text(samples)} samples at once";
        yield return string.Empty;
        foreach (var call in calls)
        {
            yield return call.Layer.Name.PadRight(12) + call.Layer.FullSignature + (call.Applied is { } function ? ", then " + function : string.Empty);
            if (call.Launch is { } launch)
            {
                yield return new string(' ', 12)
                    + $"squares of {Text(launch.Tile)} × {Text(launch.Tile)} outputs by {Text(launch.TileThreads)} threads, {Text(launch.SharedBytes)} bytes of shared memory; "
                    + (call.Image is null ? $"below {Text(launch.DotRows)} rows 4 outputs by {Text(launch.DotThreads)} threads" : "patches are read where they lie");
            }
        }

        if (kernels.Count > 0)
        {
            yield return string.Empty;
        }

        foreach (var kernel in kernels)
        {
            yield return $"{kernel.Name}: {kernel.Formula}; {kernel.Loads.ToString(CultureInfo.InvariantCulture)} {(kernel.Loads == 1 ? "load" : "loads")} and 1 store for each value";
        }

        yield return string.Empty;
        yield return "A device with fewer threads or less shared memory takes smaller squares; the CPU accelerator squares of 16 × 16.";
    }

    private static string Text(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
