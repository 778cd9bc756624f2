using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Tensors of integers: the indices of sparse weights.</summary>
internal static class SafetensorsIntegers
{
    /// <summary>A list of unsigned 16-bit integers.</summary>
    public static SafetensorsEntry Entry(string name, ReadOnlySpan<ushort> values)
    {
        var data = new byte[values.Length * sizeof(ushort)];
        for (var k = 0; k < values.Length; k++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(k * sizeof(ushort)), values[k]);
        }

        return new SafetensorsEntry(name, SafetensorsType.U16, EquatableList.Create([(long)values.Length]), data);
    }

    /// <summary>A list of signed 32-bit integers.</summary>
    public static SafetensorsEntry Entry(string name, ReadOnlySpan<int> values)
    {
        var data = new byte[checked(values.Length * sizeof(int))];
        for (var k = 0; k < values.Length; k++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(k * sizeof(int)), values[k]);
        }

        return new SafetensorsEntry(name, SafetensorsType.I32, EquatableList.Create([(long)values.Length]), data);
    }

    /// <summary>The elements of a list of unsigned 16-bit or signed 32-bit integers.</summary>
    public static int[] Read(SafetensorsEntry entry)
    {
        var data = entry.Data.Span;
        if (entry.Type == SafetensorsType.I32)
        {
            var values = new int[data.Length / sizeof(int)];
            for (var k = 0; k < values.Length; k++)
            {
                values[k] = BinaryPrimitives.ReadInt32LittleEndian(data[(k * sizeof(int))..]);
            }

            return values;
        }

        return Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(data).ToArray(), value => (int)(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value)));
    }
}
