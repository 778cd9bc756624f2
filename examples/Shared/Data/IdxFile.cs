using System.Buffers.Binary;

namespace LayerDsl.Examples.Data;

/// <summary>
/// An array of bytes in the IDX format of the MNIST family: two zero bytes, the element type, the number of dimensions, each
/// dimension as a big-endian 32-bit number, the elements in row-major order.
/// </summary>
/// <param name="Dimensions">The sizes, outermost first.</param>
/// <param name="Elements">The elements.</param>
public sealed record IdxFile(IReadOnlyList<int> Dimensions, ReadOnlyMemory<byte> Elements)
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Reads an array. Nothing in the content is trusted: every size is checked against the length.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="DataFormatException">The content is not an IDX array of bytes, or is longer or shorter than it says.</exception>
    public static IdxFile Parse(ReadOnlyMemory<byte> content, string source)
    {
        var bytes = content.Span;
        if (bytes.Length < 4)
        {
            throw new DataFormatException(source, $"{bytes.Length} bytes are too few for an IDX file, which begins with 4.");
        }

        if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != UnsignedByte)
        {
            throw new DataFormatException(
                source, $"begins with {Convert.ToHexString(bytes[..3])}; an IDX file of unsigned bytes begins with 000008.");
        }

        var dimensions = ReadDimensions(bytes, bytes[3], source);
        var elements = content[(4 + (4 * dimensions.Length))..];
        CheckCount(dimensions, elements.Length, source);
        return new IdxFile(dimensions, elements);
    }

    private static int[] ReadDimensions(ReadOnlySpan<byte> bytes, int count, string source)
    {
        if (count == 0 || bytes.Length < 4 + (4 * count))
        {
            throw new DataFormatException(source, $"says it has {count} dimensions, but {bytes.Length} bytes hold no header for them.");
        }

        var dimensions = new int[count];
        for (var axis = 0; axis < count; axis++)
        {
            dimensions[axis] = BinaryPrimitives.ReadInt32BigEndian(bytes[(4 + (4 * axis))..]);
            if (dimensions[axis] <= 0)
            {
                throw new DataFormatException(source, $"dimension {axis} is {(uint)dimensions[axis]}; it must be 1 to {int.MaxValue}.");
            }
        }

        return dimensions;
    }

    private static void CheckCount(int[] dimensions, int length, string source)
    {
        // Stops as soon as the product is too large, so that hostile dimensions cannot make it overflow.
        long count = 1;
        foreach (var dimension in dimensions)
        {
            count *= dimension;
            if (count > length)
            {
                break;
            }
        }

        if (count != length)
        {
            throw new DataFormatException(
                source, $"holds {length} elements; its dimensions ({string.Join(" × ", dimensions)}) need {(count > length ? "more" : "fewer")}.");
        }
    }
}
