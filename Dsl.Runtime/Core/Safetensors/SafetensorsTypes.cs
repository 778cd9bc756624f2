namespace LayerDsl;

/// <summary>Name and size of every element type: the one table that reading and writing share.</summary>
internal static class SafetensorsTypes
{
    private static readonly (SafetensorsType Type, string Name, int Bits)[] Table =
    [
        (SafetensorsType.BOOL, "BOOL", 8),
        (SafetensorsType.F4, "F4", 4),
        (SafetensorsType.F6_E2M3, "F6_E2M3", 6),
        (SafetensorsType.F6_E3M2, "F6_E3M2", 6),
        (SafetensorsType.U8, "U8", 8),
        (SafetensorsType.I8, "I8", 8),
        (SafetensorsType.F8_E5M2, "F8_E5M2", 8),
        (SafetensorsType.F8_E4M3, "F8_E4M3", 8),
        (SafetensorsType.F8_E8M0, "F8_E8M0", 8),
        (SafetensorsType.I16, "I16", 16),
        (SafetensorsType.U16, "U16", 16),
        (SafetensorsType.F16, "F16", 16),
        (SafetensorsType.BF16, "BF16", 16),
        (SafetensorsType.I32, "I32", 32),
        (SafetensorsType.U32, "U32", 32),
        (SafetensorsType.F32, "F32", 32),
        (SafetensorsType.C64, "C64", 64),
        (SafetensorsType.F64, "F64", 64),
        (SafetensorsType.I64, "I64", 64),
        (SafetensorsType.U64, "U64", 64),
    ];

    /// <summary>The name the file format uses.</summary>
    public static string Name(SafetensorsType type) => Row(type).Name;

    /// <summary>Bits per element.</summary>
    public static int Bits(SafetensorsType type) => Row(type).Bits;

    /// <summary>The type of a name in a file, or null.</summary>
    public static SafetensorsType? Parse(string name)
    {
        foreach (var row in Table)
        {
            if (row.Name == name)
            {
                return row.Type;
            }
        }

        return null;
    }

    /// <summary>Bytes of a tensor, or null where the shape is negative, too large to count or ends within a byte.</summary>
    public static long? ByteLength(SafetensorsType type, ReadOnlySpan<long> shape)
    {
        // In 128 bits a product of two non-negative 64-bit numbers cannot overflow; the limit keeps each step such a product.
        Int128 bits = Bits(type);
        foreach (var size in shape)
        {
            if (size < 0)
            {
                return null;
            }

            bits *= size;
            if (bits > long.MaxValue)
            {
                return null;
            }
        }

        return bits % 8 == 0 ? (long)(bits / 8) : null;
    }

    private static (SafetensorsType Type, string Name, int Bits) Row(SafetensorsType type) =>
        Array.Find(Table, row => row.Type == type) is { Name: not null } row
            ? row
            : throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type of the safetensors format.");
}
