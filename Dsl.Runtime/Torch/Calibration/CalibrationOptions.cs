namespace LayerDsl;

/// <summary>How a model is calibrated.</summary>
public sealed record CalibrationOptions
{
    /// <summary>How ranges are found. Default <see cref="CalibrationMethod.MinMax"/>.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>Is told after every batch how far the calibration is; null for nobody.</summary>
    public IProgress<CalibrationProgress>? Progress { get; init; }
}
