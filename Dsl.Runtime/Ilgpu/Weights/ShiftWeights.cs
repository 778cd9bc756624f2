using ILGPU;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Weights that are powers of two with a sign, as shifts of whole numbers.</summary>
/// <param name="words">The codes, row after row.</param>
/// <param name="rowWords">Words of a row.</param>
/// <param name="scales">One for every group of every row, or one for all, each times 2⁻ᵐ.</param>
/// <param name="rowScales">Scales of a row; 0 if one stands for all.</param>
/// <param name="half">Half the number of codes, a power of two; m is one less.</param>
/// <param name="codes">How codes lie in words.</param>
/// <typeparam name="TCodes">How codes lie in words.</typeparam>
internal readonly struct ShiftWeights<TCodes>(ArrayView<uint> words, int rowWords, ArrayView<float> scales, int rowScales, int half, TCodes codes)
    where TCodes : struct, ICodes
{
    private readonly ArrayView<uint> words = words;
    private readonly ArrayView<float> scales = scales;
    private readonly int rowWords = rowWords;
    private readonly int rowScales = rowScales;
    private readonly int half = half;
    private readonly TCodes codes = codes;

    /// <summary>Eight codes.</summary>
    public Codes Load(int row, int octet) => codes.Load(words, row * rowWords, octet);

    /// <summary>The scale of a group.</summary>
    public float Scale(int row, int group) => scales[(row * rowScales) + (rowScales > 0 ? group : 0)];

    /// <summary>±(steps ≪ (m − k)).</summary>
    public int Shift(int steps, uint code)
    {
        var shifted = steps << (half - 1 - ((int)code & (half - 1)));
        return ((int)code & half) != 0 ? -shifted : shifted;
    }
}
