namespace LayerDsl.Simd;

/// <summary>How a float32 number is written in bits.</summary>
internal static class FloatBits
{
    /// <summary>The bits of the significand; the exponent stands above them.</summary>
    public const int SignificandBits = 23;

    /// <summary>What is added to an exponent.</summary>
    public const int Bias = 127;

    /// <summary>The bits of √½.</summary>
    public const int RootHalf = 0x3F3504F3;
}
