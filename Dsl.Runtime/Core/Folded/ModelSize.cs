namespace LayerDsl;

/// <summary>A size that the constructor of a model took.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">What it was given.</param>
public readonly record struct ModelSize(string Name, int Value);
