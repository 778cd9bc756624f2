using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>Bits of a code, known to the compiler.</summary>
internal interface ICodeBits
{
    static abstract int Count { get; }

    /// <summary>Quads whose products with 8-bit inputs add up in 16 bits: Quads · 2 · (2^Count - 1) · 128 is less than 2^15.</summary>
    static abstract int QuadsInShort { get; }
}

internal readonly struct Bits1 : ICodeBits
{
    public static int Count => 1;

    public static int QuadsInShort => 8;
}

internal readonly struct Bits2 : ICodeBits
{
    public static int Count => 2;

    public static int QuadsInShort => 8;
}

internal readonly struct Bits3 : ICodeBits
{
    public static int Count => 3;

    public static int QuadsInShort => 8;
}

internal readonly struct Bits4 : ICodeBits
{
    public static int Count => 4;

    public static int QuadsInShort => 8;
}

internal readonly struct Bits5 : ICodeBits
{
    public static int Count => 5;

    public static int QuadsInShort => 4;
}

internal readonly struct Bits6 : ICodeBits
{
    public static int Count => 6;

    public static int QuadsInShort => 2;
}

internal readonly struct Bits7 : ICodeBits
{
    public static int Count => 7;

    public static int QuadsInShort => 1;
}

internal readonly struct Bits8 : ICodeBits
{
    public static int Count => 8;

    /// <summary>Codes of 8 bits are multiplied as signed numbers, whose pairs of products just fit.</summary>
    public static int QuadsInShort => 1;
}

/// <summary>Reads codes of tiles (<see cref="CodeTiles"/>).</summary>
internal static class CodeReader
{
    /// <summary>The codes of one quad of columns, a byte each, of as many rows as the vector has words.</summary>
    /// <param name="block">The block, at the first of the rows.</param>
    /// <param name="quad">From 0 to 7; a constant, so that shifts and masks are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TBits, TLanes, TV>(ref byte block, int quad)
        where TBits : struct, ICodeBits
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        if (TBits.Count == 8)
        {
            return Word<TLanes, TV>(ref block, quad);
        }

        var code = default(TV);
        if ((TBits.Count & 4) != 0)
        {
            code = Field<TLanes, TV>(Word<TLanes, TV>(ref block, quad / 2), 4 * (quad % 2), 0, 15);
        }

        if ((TBits.Count & 2) != 0)
        {
            var low = TBits.Count & 4;
            var part = Field<TLanes, TV>(Word<TLanes, TV>(ref block, low + (quad / 4)), 2 * (quad % 4), low, 3);
            code = low == 0 ? part : TLanes.Or(code, part);
        }

        if ((TBits.Count & 1) != 0)
        {
            var low = TBits.Count & 6;
            var part = Field<TLanes, TV>(Word<TLanes, TV>(ref block, low), quad, low, 1);
            code = low == 0 ? part : TLanes.Or(code, part);
        }

        return code;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Word<TLanes, TV>(ref byte block, int word)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Load(ref Unsafe.Add(ref block, word * TileShape.WordBytes));

    /// <summary>Bits of every byte, moved: shifts take 16 bits at a time, and the mask takes away what comes from the other byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Field<TLanes, TV>(TV word, int from, int to, int mask)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        var moved = from == to ? word : from > to ? TLanes.ShiftRight16(word, from - to) : TLanes.ShiftLeft16(word, to - from);
        return TLanes.And(moved, TLanes.Repeat(0x01010101 * (mask << to)));
    }
}
