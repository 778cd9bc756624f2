using ILGPU;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>8 bits: an octet is two words.</summary>
internal readonly struct Bytes : ICodes
{
    /// <inheritdoc/>
    public Codes Load(ArrayView<uint> words, int row, int octet)
    {
        var place = row + (2 * octet);
        return new Codes(words[place], words[place + 1]);
    }
}

/// <summary>4 bits: an octet is a word, code k in its bits 4k to 4k + 3.</summary>
internal readonly struct Nibbles : ICodes
{
    /// <inheritdoc/>
    public Codes Load(ArrayView<uint> words, int row, int octet)
    {
        var word = words[row + octet];
        return new Codes(Spread(word & 0xFFFF), Spread(word >> 16));
    }

    /// <summary>Four nibbles to four bytes.</summary>
    private static uint Spread(uint nibbles)
    {
        var pairs = (nibbles | (nibbles << 8)) & 0x00FF00FF;
        return (pairs | (pairs << 4)) & 0x0F0F0F0F;
    }
}

/// <summary>2 bits: an octet is half a word, code k in its bits 2k and 2k + 1.</summary>
internal readonly struct BitPairs : ICodes
{
    /// <inheritdoc/>
    public Codes Load(ArrayView<uint> words, int row, int octet)
    {
        var half = words[row + (octet >> 1)] >> ((octet & 1) << 4);
        return new Codes(Spread(half & 0xFF), Spread((half >> 8) & 0xFF));
    }

    /// <summary>Four pairs of bits to four bytes.</summary>
    private static uint Spread(uint pairs)
    {
        var nibbles = (pairs | (pairs << 12)) & 0x000F000F;
        return (nibbles | (nibbles << 6)) & 0x03030303;
    }
}

/// <summary>
/// Any other number of bits, and binary planes: a plane for each bit of a code, an octet a byte of each plane, so that no code lies across two words.
/// </summary>
/// <param name="bits">Bits of a code.</param>
/// <param name="planeWords">Words of a plane of a row.</param>
internal readonly struct BitPlanes(int bits, int planeWords) : ICodes
{
    private readonly int bits = bits;
    private readonly int planeWords = planeWords;

    /// <inheritdoc/>
    public Codes Load(ArrayView<uint> words, int row, int octet)
    {
        uint low = 0;
        uint high = 0;
        for (var bit = 0; bit < bits; bit++)
        {
            var plane = (words[row + (bit * planeWords) + (octet >> 2)] >> ((octet & 3) << 3)) & 0xFF;
            low |= Spread(plane & 0xF) << bit;
            high |= Spread(plane >> 4) << bit;
        }

        return new Codes(low, high);
    }

    /// <summary>Four bits to the lowest bit of four bytes each.</summary>
    private static uint Spread(uint bits)
    {
        var pairs = (bits | (bits << 14)) & 0x00030003;
        return (pairs | (pairs << 7)) & 0x01010101;
    }
}
