using System.Buffers.Binary;

namespace LayerDsl.Examples;

/// <summary>Reads the IDX format of MNIST-like data sets: big-endian sizes, then bytes.</summary>
public static class IdxFile
{
    /// <summary>Images (count, rows, columns) of bytes.</summary>
    /// <exception cref="InvalidDataException">The content is no such file.</exception>
    public static (byte[] Pixels, int Size) ReadImages(ReadOnlySpan<byte> content)
    {
        var sizes = ReadHeader(content, magic: 0x803, dimensions: 3);
        return (content[16..].ToArray(), sizes[1] * sizes[2]);
    }

    /// <summary>Labels (count) of bytes.</summary>
    /// <exception cref="InvalidDataException">The content is no such file.</exception>
    public static byte[] ReadLabels(ReadOnlySpan<byte> content)
    {
        ReadHeader(content, magic: 0x801, dimensions: 1);
        return content[8..].ToArray();
    }

    private static int[] ReadHeader(ReadOnlySpan<byte> content, int magic, int dimensions)
    {
        var header = 4 * (1 + dimensions);
        if (content.Length < header || BinaryPrimitives.ReadInt32BigEndian(content) != magic)
        {
            throw new InvalidDataException($"An IDX file of {dimensions} dimensions starts with 0x{magic:x8} and {dimensions} sizes; this one has {content.Length} bytes or another start.");
        }

        var sizes = new int[dimensions];
        var values = 1L;
        for (var k = 0; k < dimensions; k++)
        {
            sizes[k] = BinaryPrimitives.ReadInt32BigEndian(content[(4 * (k + 1))..]);
            values = sizes[k] < 0 || values > int.MaxValue ? -1 : values * sizes[k];
        }

        return values == content.Length - header
            ? sizes
            : throw new InvalidDataException($"The IDX sizes {string.Join(" × ", sizes)} do not match the {content.Length - header} bytes that follow.");
    }
}
