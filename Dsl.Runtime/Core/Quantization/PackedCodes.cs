using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// A matrix of codes of 1 to 8 bits, packed without gaps within a row: bit k of a row is bit k mod 8 of its byte k / 8, the lowest bit of
/// a code first; every row starts at a byte of its own, and the unused bits at its end are 0 (docs/packing.md). Immutable.
/// </summary>
public sealed class PackedCodes
{
    // Either the rows, or what a kernel has laid them out to: never both for long.
    private byte[]? bytes;
    private ILaidOutCodes? tiles;

    private PackedCodes(int rows, int columns, int bits, byte[] bytes)
    {
        Rows = rows;
        Columns = columns;
        Bits = bits;
        this.bytes = bytes;
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>Codes per row.</summary>
    public int Columns { get; }

    /// <summary>Bits per code.</summary>
    public int Bits { get; }

    /// <summary>Bytes per row.</summary>
    public int RowBytes => BytesOf(Columns, Bits);

    /// <summary>The packed rows; packed anew for each call once a layer has laid them out for its kernels.</summary>
    public ReadOnlyMemory<byte> Bytes => Volatile.Read(ref bytes) ?? Repacked();

    /// <summary>Whether the packed rows were given up for the order of a kernel.</summary>
    internal bool IsLaidOut => Volatile.Read(ref bytes) is null;

    /// <summary>How many bytes a row of codes takes.</summary>
    /// <param name="columns">Codes per row.</param>
    /// <param name="bits">Bits per code.</param>
    public static int BytesOf(int columns, int bits) => checked((int)((((long)columns * bits) + 7) / 8));

    /// <summary>Packs codes.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="codes">(rows, columns), row major, each below 2^bits.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="bits">From 1 to 8.</param>
    /// <exception cref="LayerShapeException">A size is not positive, the length does not match, or a code needs more bits.</exception>
    public static PackedCodes Pack(string name, ReadOnlySpan<byte> codes, int rows, int columns, int bits)
    {
        CheckSizes(name, rows, columns, bits);
        Require.Rows(name, "number of codes", rows, columns, codes.Length);
        var rowBytes = BytesOf(columns, bits);
        var bytes = new byte[checked(rows * rowBytes)];
        for (var k = 0; k < codes.Length; k++)
        {
            if (codes[k] >> bits != 0)
            {
                throw new LayerShapeException(name, $"code {k}", $"below {1 << bits}", $"{codes[k]}");
            }
        }

        for (var row = 0; row < rows; row++)
        {
            PackRow(codes.Slice(row * columns, columns), bits, bytes.AsSpan(row * rowBytes, rowBytes));
        }

        return new PackedCodes(rows, columns, bits, bytes);
    }

    /// <summary>Takes rows that are packed already.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="bytes">The packed rows; copied.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="bits">From 1 to 8.</param>
    /// <exception cref="LayerShapeException">A size is not positive, the length does not match, or an unused bit is set.</exception>
    public static PackedCodes FromPacked(string name, ReadOnlySpan<byte> bytes, int rows, int columns, int bits)
    {
        CheckSizes(name, rows, columns, bits);
        var rowBytes = BytesOf(columns, bits);
        Require.Rows(name, "number of packed bytes", rows, rowBytes, bytes.Length);
        var used = (int)((long)columns * bits % 8);
        for (var row = 0; used > 0 && row < rows; row++)
        {
            if (bytes[((row + 1) * rowBytes) - 1] >> used != 0)
            {
                throw new LayerShapeException(name, $"unused bits of row {row}", "0", "others");
            }
        }

        return new PackedCodes(rows, columns, bits, bytes.ToArray());
    }

    /// <summary>Unpacks one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="codes">Room for <see cref="Columns"/> codes.</param>
    public void Read(int row, Span<byte> codes)
    {
        codes = codes[..Columns];
        if (Volatile.Read(ref bytes) is not { } rows)
        {
            tiles!.Read(row, codes);
            return;
        }

        var packed = rows.AsSpan(row * RowBytes, RowBytes);
        switch (Bits)
        {
            case 8:
                packed.CopyTo(codes);
                break;
            case 4:
                ReadNibbles(packed, codes);
                break;
            default:
                ReadBits(packed, codes);
                break;
        }
    }

    /// <summary>Gives the rows up for the same codes in another order.</summary>
    internal void MoveTo(ILaidOutCodes laidOut)
    {
        tiles = laidOut;
        Volatile.Write(ref bytes, null);
    }

    private static void PackRow(ReadOnlySpan<byte> codes, int bits, Span<byte> packed)
    {
        for (var column = 0; column < codes.Length; column++)
        {
            var bit = (long)column * bits;
            var place = (int)(bit / 8);
            var shifted = codes[column] << (int)(bit % 8);
            packed[place] |= (byte)shifted;
            if (shifted > byte.MaxValue)
            {
                packed[place + 1] |= (byte)(shifted >> 8);
            }
        }
    }

    private byte[] Repacked()
    {
        var packed = new byte[Rows * RowBytes];
        var codes = new byte[Columns];
        for (var row = 0; row < Rows; row++)
        {
            Read(row, codes);
            PackRow(codes, Bits, packed.AsSpan(row * RowBytes, RowBytes));
        }

        return packed;
    }

    private static void ReadNibbles(ReadOnlySpan<byte> packed, Span<byte> codes)
    {
        var done = 0;
        if (BitConverter.IsLittleEndian)
        {
            // A byte becomes two: the low half stays, the high half moves up by half a byte.
            var (low, high) = (new Vector<ushort>(0x000F), new Vector<ushort>(0x00F0));
            var pairs = MemoryMarshal.Cast<byte, ushort>(codes);
            for (; done + (2 * Vector<byte>.Count) <= codes.Length; done += 2 * Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(packed[(done / 2)..]), out var first, out var second);
                ((first & low) | ((first & high) << 4)).CopyTo(pairs[(done / 2)..]);
                ((second & low) | ((second & high) << 4)).CopyTo(pairs[((done / 2) + Vector<ushort>.Count)..]);
            }
        }

        for (var k = done; k < codes.Length; k++)
        {
            codes[k] = (byte)((packed[k / 2] >> (4 * (k % 2))) & 15);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadBits(ReadOnlySpan<byte> packed, Span<byte> codes)
    {
        var (mask, done) = ((1 << Bits) - 1, 0);

        // Eight codes are as many bytes as a code has bits.
        for (; (done / 8 * Bits) + sizeof(ulong) <= packed.Length && done + 8 <= codes.Length; done += 8)
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(packed[(done / 8 * Bits)..]);
            var target = codes.Slice(done, 8);
            for (var k = 0; k < target.Length; k++, eight >>= Bits)
            {
                target[k] = (byte)(eight & (uint)mask);
            }
        }

        var (bit, place) = (0, done / 8 * Bits);
        foreach (ref var code in codes[done..])
        {
            var window = packed[place] | (place + 1 < packed.Length ? packed[place + 1] << 8 : 0);
            code = (byte)((window >> bit) & mask);
            bit += Bits;
            place += bit / 8;
            bit %= 8;
        }
    }

    private static void CheckSizes(string name, int rows, int columns, int bits)
    {
        Require.Positive(name, "rows of the codes", rows);
        Require.Positive(name, "columns of the codes", columns);
        if (bits is < 1 or > 8)
        {
            throw new LayerShapeException(name, "bits", "1 to 8", $"{bits}");
        }
    }
}
