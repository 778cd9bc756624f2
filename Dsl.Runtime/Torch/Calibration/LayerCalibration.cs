namespace LayerDsl;

/// <summary>What calibration found for one layer.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Scheme">Its activation scheme.</param>
/// <param name="Scale">The step of the input's grid.</param>
/// <param name="ZeroPoint">The code of 0.</param>
/// <param name="Lowest">The least input that was seen.</param>
/// <param name="Highest">The largest input that was seen.</param>
/// <param name="ClippedShare">The share of inputs that lie outside of the grid by more than half a step.</param>
/// <param name="MeanSquaredError">The mean squared difference of an input and its rounded value.</param>
public sealed record LayerCalibration(
    string Layer, string Scheme, float Scale, int ZeroPoint, float Lowest, float Highest, double ClippedShare, double MeanSquaredError);
