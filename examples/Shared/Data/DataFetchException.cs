namespace LayerDsl.Examples.Data;

/// <summary>A data set could not be fetched. The message says what to do by hand.</summary>
public sealed class DataFetchException : Exception
{
    /// <summary>States what failed and the way around it.</summary>
    /// <param name="message">What failed, and what to do.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public DataFetchException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
