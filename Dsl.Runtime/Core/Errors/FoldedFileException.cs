namespace LayerDsl;

/// <summary>A file of folded weights cannot be used: damaged, truncated, foreign, of another model, or not writable.</summary>
public sealed class FoldedFileException : LayerDslException
{
    /// <summary>States what is wrong with the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What is wrong, and what to do where that is known.</param>
    /// <param name="inner">The input or output error behind it, if any.</param>
    public FoldedFileException(string path, string reason, Exception? inner = null)
        : base($"'{path}': {reason}", inner)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
