namespace LayerDsl.Ilgpu;

/// <summary>The sizes of the samples of a model that is trained on a device.</summary>
/// <param name="InputSize">Values per input sample.</param>
/// <param name="OutputSize">Values per output sample.</param>
/// <param name="Columns">The last dimension of the output.</param>
/// <param name="MostSamples">How many samples a batch may have: with more, an index would be too large.</param>
public readonly record struct TrainerShape(int InputSize, int OutputSize, int Columns, int MostSamples)
{
    /// <summary>How many samples a batch must have: the variance of a single value is none.</summary>
    public int LeastSamples { get; init; } = 1;
}
