namespace LayerDsl;

/// <summary>How many bytes an entry of a table of whole numbers has: digits of 7 bits, so that two of them fit into a byte.</summary>
internal interface IEntrySize
{
    /// <summary>1, 2 or 4.</summary>
    static abstract int Bytes { get; }
}

/// <summary>Sums of four numbers from -15 to 15. With inputs of one bit an entry is a count of bits.</summary>
internal readonly struct OneByte : IEntrySize
{
    public static int Bytes => 1;
}

/// <summary>Sums of four numbers from -2047 to 2047.</summary>
internal readonly struct TwoBytes : IEntrySize
{
    public static int Bytes => 2;
}

/// <summary>Sums of four numbers below 2^25.</summary>
internal readonly struct FourBytes : IEntrySize
{
    public static int Bytes => 4;
}
