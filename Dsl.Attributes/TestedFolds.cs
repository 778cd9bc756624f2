namespace LayerDsl;

/// <summary>What becomes of a layer whose fold is tested, but not proved.</summary>
public enum TestedFolds
{
    /// <summary>It compiles with the warning LDSL202.</summary>
    Warn,

    /// <summary>It does not compile: error LDSL204.</summary>
    Refuse,

    /// <summary>It compiles silently; its certificate still says that it was tested only.</summary>
    Allow,
}
