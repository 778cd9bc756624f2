namespace LayerDsl.Examples.Data;

/// <summary>A data file does not hold what its format says.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>States what is wrong with the file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="reason">What is wrong, with the values.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public DataFormatException(string source, string reason, Exception? inner = null)
        : base($"'{source}': {reason}", inner)
    {
    }
}
