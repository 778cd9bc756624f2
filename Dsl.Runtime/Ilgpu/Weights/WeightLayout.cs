using System.Runtime.InteropServices;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Weights in the order in which kernels read them: rows filled up to whole octets, codes in 32-bit words.</summary>
/// <param name="Words">The words.</param>
/// <param name="RowWords">Words of a row.</param>
/// <param name="PlaneWords">Words of a plane of a row, where codes are cut into bit planes.</param>
internal sealed record WeightLayout(uint[] Words, int RowWords, int PlaneWords)
{
    private const int WordBits = 32;

    /// <summary>Arranges codes. Those of 2, 4 and 8 bits stay together, others and binary planes are cut into bit planes.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="columns">How a row is cut into octets.</param>
    /// <param name="isPlanes">Whether every bit is a binary plane.</param>
    public static WeightLayout Of(PackedCodes codes, Columns columns, bool isPlanes)
    {
        var bits = codes.Bits;
        var areTogether = !isPlanes && bits is 2 or 4 or 8;
        var padded = columns.Octets * Octet.Count;
        var planeWords = areTogether ? 0 : Ceiling(padded, WordBits);
        var rowWords = areTogether ? Ceiling(padded * bits, WordBits) : bits * planeWords;
        var words = new uint[checked(codes.Rows * rowWords)];
        var row = new byte[codes.Columns];
        for (var r = 0; r < codes.Rows; r++)
        {
            codes.Read(r, row);
            for (var column = 0; column < row.Length; column++)
            {
                var group = column / columns.GroupSize;
                var place = (group * columns.OctetsPerGroup * Octet.Count) + (column - (group * columns.GroupSize));
                Put(words.AsSpan(r * rowWords, rowWords), place, row[column], bits, areTogether, planeWords);
            }
        }

        return new WeightLayout(words, rowWords, planeWords);
    }

    /// <summary>Rows filled up with zeros.</summary>
    public static float[] Pad(ReadOnlySpan<float> values, int rows, int columns, int padded)
    {
        var result = new float[checked(rows * padded)];
        for (var row = 0; row < rows; row++)
        {
            values.Slice(row * columns, columns).CopyTo(result.AsSpan(row * padded));
        }

        return result;
    }

    /// <summary>The same values, four by four.</summary>
    public static ReadOnlySpan<Float4> Vectors(float[] values) => MemoryMarshal.Cast<float, Float4>(values);

    /// <summary>The values in 16 bits, rounded to the nearest, four by four.</summary>
    public static ReadOnlySpan<Half4> Halves(float[] values) => MemoryMarshal.Cast<Half, Half4>(Array.ConvertAll(values, value => (Half)value));

    private static void Put(Span<uint> row, int place, byte code, int bits, bool isTogether, int planeWords)
    {
        if (isTogether)
        {
            row[place * bits / WordBits] |= (uint)code << (place * bits % WordBits);
            return;
        }

        for (var bit = 0; bit < bits; bit++)
        {
            row[(bit * planeWords) + (place / WordBits)] |= (uint)((code >> bit) & 1) << (place % WordBits);
        }
    }

    private static int Ceiling(int count, int size) => (count + size - 1) / size;
}
