using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Weights in codes: scale · (level − zero point). What lies in memory is the codes; the floats exist in registers only.</summary>
/// <param name="words">The codes, row after row.</param>
/// <param name="rowWords">Words of a row.</param>
/// <param name="scales">One for every group of every row, or one for all.</param>
/// <param name="zeros">As many zero points, or none.</param>
/// <param name="rowScales">Scales of a row; 0 if one stands for all.</param>
/// <param name="codes">How codes lie in words.</param>
/// <param name="table">What codes stand for.</param>
/// <typeparam name="TCodes">How codes lie in words.</typeparam>
/// <typeparam name="TLevels">What codes stand for.</typeparam>
internal readonly struct PackedWeights<TCodes, TLevels>(
    ArrayView<uint> words, int rowWords, ArrayView<float> scales, ArrayView<float> zeros, int rowScales, TCodes codes, TLevels table) : IWeights
    where TCodes : struct, ICodes
    where TLevels : struct, ILevels
{
    private readonly ArrayView<uint> words = words;
    private readonly ArrayView<float> scales = scales;
    private readonly ArrayView<float> zeros = zeros;
    private readonly int rowWords = rowWords;
    private readonly int rowScales = rowScales;
    private readonly TCodes codes = codes;
    private readonly TLevels table = table;

    /// <inheritdoc/>
    public int SharedLevels => table.Shared;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => false;

    /// <inheritdoc/>
    public int Levels => table.Count;

    /// <inheritdoc/>
    public float Level(int code) => table.At(code);

    /// <inheritdoc/>
    public Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end)
    {
        var place = ((start + row) * rowScales) + (rowScales > 0 ? group : 0);
        var scale = scales[place];
        var zero = zeros.Length > 0 ? zeros[place] : 0;
        var eight = codes.Load(words, (start + row) * rowWords, octet);
        return new Octet(Four(levels, eight.Low, scale, zero), Four(levels, eight.High, scale, zero));
    }

    private Float4 Four(ArrayView<float> levels, uint four, float scale, float zero) => new(
        scale * (table.Of(levels, four & 0xFF) - zero),
        scale * (table.Of(levels, (four >> 8) & 0xFF) - zero),
        scale * (table.Of(levels, (four >> 16) & 0xFF) - zero),
        scale * (table.Of(levels, four >> 24) - zero));
}
