namespace LayerDsl;

/// <summary>The grids of a model's inputs cannot be calibrated. Nothing has been changed.</summary>
public sealed class CalibrationException : LayerDslException
{
    /// <summary>States why.</summary>
    /// <param name="name">The model or layer.</param>
    /// <param name="reason">What is wrong, and what to do.</param>
    public CalibrationException(string name, string reason)
        : base($"'{name}': {reason}")
    {
        Name = name;
        Reason = reason;
    }

    /// <summary>The model or layer.</summary>
    public string Name { get; }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }
}
