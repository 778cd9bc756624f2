using ILGPU;
using ILGPU.Runtime;

namespace LayerDsl.Ilgpu;

/// <summary>A context with the accelerator that models run on: CUDA if there is a device, else OpenCL, else the CPU accelerator, which is there to debug with.</summary>
public sealed class LayerContext : IDisposable
{
    private static readonly AcceleratorType[] Preference = [AcceleratorType.Cuda, AcceleratorType.OpenCL, AcceleratorType.CPU];

    private LayerContext(Context context, Accelerator accelerator, string explanation)
    {
        Context = context;
        Accelerator = accelerator;
        Explanation = explanation;
    }

    /// <summary>ILGPU's context.</summary>
    public Context Context { get; }

    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Which device was taken, and why none of the others.</summary>
    public string Explanation { get; }

    /// <summary>Opens the best device.</summary>
    /// <param name="wanted">A kind of device to insist on; null for the best there is.</param>
    /// <exception cref="DeviceNotFoundException">There is no device of that kind.</exception>
    public static LayerContext Create(AcceleratorType? wanted = null)
    {
        var context = Context.Create(builder => builder.AllAccelerators().Optimize(OptimizationLevel.O2));
        try
        {
            Device[] devices = [.. context.Devices];
            var kinds = wanted is { } kind ? [kind] : Preference;
            var device = kinds.Select(candidate => BestOf(devices, candidate)).FirstOrDefault(candidate => candidate is not null)
                ?? throw new DeviceNotFoundException(wanted?.ToString() ?? "compute", Describe(devices));
            return new LayerContext(context, device.CreateAccelerator(context), Explain(devices, device, wanted));
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Accelerator.Dispose();
        Context.Dispose();
    }

    /// <summary>Of several devices of a kind, the one with the most multiprocessors.</summary>
    private static Device? BestOf(IEnumerable<Device> devices, AcceleratorType kind) =>
        devices.Where(device => device.AcceleratorType == kind).MaxBy(device => device.NumMultiprocessors);

    private static string Explain(IReadOnlyCollection<Device> devices, Device chosen, AcceleratorType? wanted)
    {
        var reasons = Preference.TakeWhile(_ => wanted is null).TakeWhile(kind => kind != chosen.AcceleratorType).Select(kind => $"no {kind} device was found");
        var note = chosen.AcceleratorType == AcceleratorType.CPU ? "it emulates a device to debug with, and is slower than the folded model on the CPU by orders of magnitude" : null;
        var others = devices.Where(device => device != chosen && device.AcceleratorType != AcceleratorType.CPU).Select(device => $"{device.Name} has fewer multiprocessors or is of a later choice");
        return $"{chosen.Name} ({chosen.AcceleratorType}): " + string.Join("; ", reasons.Append(wanted is null ? null : "asked for").Append(note).Concat(others).Where(part => part is not null).DefaultIfEmpty("the first choice"));
    }

    private static string Describe(IReadOnlyCollection<Device> devices) =>
        devices.Count == 0 ? "none" : string.Join(", ", devices.Select(device => $"{device.Name} ({device.AcceleratorType})"));
}
