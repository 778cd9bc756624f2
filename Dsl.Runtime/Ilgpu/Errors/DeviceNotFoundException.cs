namespace LayerDsl.Ilgpu;

/// <summary>There is no device of the kind that was asked for.</summary>
public sealed class DeviceNotFoundException : LayerDslException
{
    /// <summary>States what was asked for, and what there is.</summary>
    /// <param name="wanted">The kind of device.</param>
    /// <param name="found">The devices there are.</param>
    public DeviceNotFoundException(string wanted, string found)
        : base($"No {wanted} device was found on this machine; there is: {found}. Install the device's driver, or ask for another kind: LayerContext.Create() takes the best there is.")
    {
        Wanted = wanted;
        Found = found;
    }

    /// <summary>The kind of device.</summary>
    public string Wanted { get; }

    /// <summary>The devices there are.</summary>
    public string Found { get; }
}
