namespace LayerDsl;

/// <summary>Codes in the order of a kernel.</summary>
internal interface ILaidOutCodes
{
    /// <summary>The codes of one row.</summary>
    void Read(int row, Span<byte> codes);
}
