namespace LayerDsl;

/// <summary>TorchSharp's native library is damaged or not the one that was expected.</summary>
public sealed class NativeLibraryFormatException : LayerDslException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What was found.</param>
    public NativeLibraryFormatException(string reason)
        : base("LibTorchSharp cannot be made to load on this system: " + reason)
    {
    }
}
