namespace LayerDsl.Examples.Training;

/// <summary>How to train: Adam on cross entropy, the learning rate falling linearly to zero.</summary>
/// <param name="Epochs">How often each image is seen.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="LearningRate">The learning rate at the start.</param>
/// <param name="Seed">Where the order of the images starts from.</param>
/// <param name="MostBatchesPerEpoch">Ends each epoch early, for a quick run; null to see all images.</param>
public sealed record TrainingOptions(int Epochs, int BatchSize, double LearningRate, int Seed, int? MostBatchesPerEpoch = null);
