namespace LayerDsl;

/// <summary>How far a calibration is.</summary>
/// <param name="Batches">Batches that were seen.</param>
/// <param name="TotalBatches">How many there are; null where the stream does not say.</param>
/// <param name="Samples">Samples that were seen.</param>
public readonly record struct CalibrationProgress(int Batches, int? TotalBatches, long Samples);
