namespace LayerDsl.Ilgpu;

/// <summary>A device cannot do what a model asks of it. Thrown before anything is allocated on the device.</summary>
public sealed class MissingCapabilityException : LayerDslException
{
    /// <summary>States what is missing.</summary>
    /// <param name="device">The device.</param>
    /// <param name="capability">What it cannot do.</param>
    /// <param name="remedy">What to do instead.</param>
    public MissingCapabilityException(string device, string capability, string remedy)
        : base($"The device '{device}' has no {capability}. {remedy}")
    {
        Device = device;
        Capability = capability;
    }

    /// <summary>The device.</summary>
    public string Device { get; }

    /// <summary>What it cannot do.</summary>
    public string Capability { get; }
}
