using System.Buffers.Binary;
using System.Text;

namespace LayerDsl.Tests.Onnx;

/// <summary>A tensor of an ONNX test file, as far as the cases here need it: dimensions, an element type, raw little-endian data.</summary>
internal sealed record OnnxTensor(string Name, int[] Dimensions, int Type, byte[] Data)
{
    public const int Float32 = 1;
    public const int UInt8 = 2;
    public const int Int8 = 3;
    public const int Int32 = 6;
    public const int Float8E4M3 = 17;
    public const int Float8E5M2 = 19;

    private const int DimsField = 1;
    private const int TypeField = 2;
    private const int NameField = 8;
    private const int RawField = 9;

    /// <summary>The elements as doubles, which hold all of the types here.</summary>
    public double[] Values => Type switch
    {
        Float32 => [.. Data.Chunk(4).Select(bytes => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes))],
        UInt8 => [.. Data.Select(value => (double)value)],
        Int8 => [.. Data.Select(value => (double)(sbyte)value)],
        Int32 => [.. Data.Chunk(4).Select(bytes => (double)BinaryPrimitives.ReadInt32LittleEndian(bytes))],
        _ => throw new NotSupportedException($"ONNX element type {Type} in '{Name}'"),
    };

    public static OnnxTensor Read(ReadOnlySpan<byte> message)
    {
        var (name, type, data) = (string.Empty, 0, Array.Empty<byte>());
        var dimensions = new List<int>();
        while (!message.IsEmpty)
        {
            var key = TakeVarint(ref message);
            switch (((int)(key >> 3), (int)(key & 7)))
            {
                case (DimsField, 0):
                    dimensions.Add(checked((int)TakeVarint(ref message)));
                    break;
                case (TypeField, 0):
                    type = checked((int)TakeVarint(ref message));
                    break;
                case (NameField, 2):
                    name = Encoding.UTF8.GetString(TakeBytes(ref message));
                    break;
                case (RawField, 2):
                    data = TakeBytes(ref message);
                    break;
                case var other:
                    throw new InvalidDataException($"Field {other} is not among those that these files use.");
            }
        }

        return new OnnxTensor(name, [.. dimensions], type, data);
    }

    private static byte[] TakeBytes(ref ReadOnlySpan<byte> message)
    {
        var length = checked((int)TakeVarint(ref message));
        var bytes = message[..length].ToArray();
        message = message[length..];
        return bytes;
    }

    private static ulong TakeVarint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[0];
            message = message[1..];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }
    }
}
