namespace LayerDsl.Examples;

/// <summary>A data set is not there and cannot be fetched; the message says what to do.</summary>
public sealed class DataUnavailableException(string message) : Exception(message);
