namespace LayerDsl.Ilgpu.Kernels;

/// <summary>
/// Philox4x32-10: random numbers as a function of a counter and a key, so that each thread has its own without a state. Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As
/// Easy as 1, 2, 3, 2011, doi 10.1145/2063384.2063405.
/// </summary>
internal static class Philox
{
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstWeyl = 0x9E3779B9; // the golden ratio
    private const uint SecondWeyl = 0xBB67AE85; // √3 − 1
    private const int Rounds = 10;
    private const float InverseOf2To24 = 5.9604645e-8f;

    /// <summary>Four words of 32 random bits.</summary>
    /// <param name="counter">What tells the numbers of a key apart.</param>
    /// <param name="key">The seed.</param>
    public static PhiloxWords Next(PhiloxWords counter, PhiloxKey key)
    {
        var (first, second) = (key.First, key.Second);
        var words = counter;
        for (var round = 0; round < Rounds; round++)
        {
            var left = (ulong)FirstMultiplier * words.First;
            var right = (ulong)SecondMultiplier * words.Third;
            words = new PhiloxWords((uint)(right >> 32) ^ words.Second ^ first, (uint)right, (uint)(left >> 32) ^ words.Fourth ^ second, (uint)left);
            first += FirstWeyl;
            second += SecondWeyl;
        }

        return words;
    }

    /// <summary>A number from −½ on and below ½, in steps of 2⁻²⁴.</summary>
    /// <param name="word">32 random bits.</param>
    public static float Centred(uint word) => ((int)(word >> 8) * InverseOf2To24) - 0.5f;
}

/// <summary>Four words of 32 bits.</summary>
/// <param name="First">Bits 0 to 31.</param>
/// <param name="Second">Bits 32 to 63.</param>
/// <param name="Third">Bits 64 to 95.</param>
/// <param name="Fourth">Bits 96 to 127.</param>
internal readonly record struct PhiloxWords(uint First, uint Second, uint Third, uint Fourth);

/// <summary>The key of a sequence of random numbers.</summary>
/// <param name="First">Bits 0 to 31.</param>
/// <param name="Second">Bits 32 to 63.</param>
internal readonly record struct PhiloxKey(uint First, uint Second);
