using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>A named tensor of a safetensors file. Two entries are equal if name, type, shape and every byte are.</summary>
/// <param name="Name">The name, unique in the file.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The sizes, outermost first; empty for a scalar.</param>
/// <param name="Data">The elements, row major, little endian.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType Type, EquatableList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>An entry of 32-bit floats.</summary>
    /// <param name="name">The name, unique in the file.</param>
    /// <param name="values">The elements, row major; copied.</param>
    /// <param name="shape">The sizes, outermost first.</param>
    public static SafetensorsEntry FromFloats(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        var data = new byte[checked(values.Length * sizeof(float))];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(data);
        }
        else
        {
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values), MemoryMarshal.Cast<byte, int>(data.AsSpan()));
        }

        return new SafetensorsEntry(name, SafetensorsType.F32, EquatableList.Create(shape), data);
    }

    /// <inheritdoc/>
    public bool Equals(SafetensorsEntry? other) =>
        other is not null && Name == other.Name && Type == other.Type && Shape == other.Shape && Data.Span.SequenceEqual(other.Data.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Shape, Data.Length);

    /// <summary>The elements of a tensor of 32-bit floats.</summary>
    internal float[] ToFloats()
    {
        var values = new float[Data.Length / sizeof(float)];
        Data.Span.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            var bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }

        return values;
    }
}
