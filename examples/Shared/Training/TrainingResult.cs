namespace LayerDsl.Examples.Training;

/// <summary>How a training went.</summary>
/// <param name="Loss">The mean loss of the last epoch.</param>
/// <param name="Duration">The whole training.</param>
/// <param name="TimePerBatch">The median time of a step: forward, backward and update.</param>
public sealed record TrainingResult(double Loss, TimeSpan Duration, TimeSpan TimePerBatch);
