using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Weights in binary planes: Σ_p ±scale[p], a bit of a code for each sign.</summary>
/// <param name="words">The planes of a row, row after row.</param>
/// <param name="planes">Planes of a code.</param>
/// <param name="planeWords">Words of a plane of a row.</param>
/// <param name="scales">Plane after plane: one for every group of every row, or one for all.</param>
/// <param name="planeScales">Scales of a plane.</param>
/// <param name="rowScales">Scales of a row of a plane; 0 if one stands for all.</param>
internal readonly struct BinaryWeights(ArrayView<uint> words, int planes, int planeWords, ArrayView<float> scales, int planeScales, int rowScales) : IWeights
{
    private readonly ArrayView<uint> words = words;
    private readonly ArrayView<float> scales = scales;
    private readonly int planes = planes;
    private readonly int planeWords = planeWords;
    private readonly int planeScales = planeScales;
    private readonly int rowScales = rowScales;

    /// <inheritdoc/>
    public int SharedLevels => 1;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => false;

    /// <inheritdoc/>
    public int Levels => 0;

    /// <inheritdoc/>
    public float Level(int code) => 0;

    /// <inheritdoc/>
    public Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end)
    {
        var sum = Octet.Zero;
        var place = ((start + row) * planes * planeWords) + (octet >> 2);
        var shared = ((start + row) * rowScales) + (rowScales > 0 ? group : 0);
        for (var plane = 0; plane < planes; plane++)
        {
            var signs = words[place + (plane * planeWords)] >> ((octet & 3) << 3);
            var scale = Interop.FloatAsInt(scales[(plane * planeScales) + shared]);
            sum.Low = new Float4(sum.Low.X + Signed(scale, signs), sum.Low.Y + Signed(scale, signs >> 1), sum.Low.Z + Signed(scale, signs >> 2), sum.Low.W + Signed(scale, signs >> 3));
            sum.High = new Float4(sum.High.X + Signed(scale, signs >> 4), sum.High.Y + Signed(scale, signs >> 5), sum.High.Z + Signed(scale, signs >> 6), sum.High.W + Signed(scale, signs >> 7));
        }

        return sum;
    }

    /// <summary>The scale, negated where the lowest bit is 0: its sign bit is turned.</summary>
    private static float Signed(uint scale, uint bit) => Interop.IntAsFloat(scale ^ ((~bit & 1) << 31));
}
