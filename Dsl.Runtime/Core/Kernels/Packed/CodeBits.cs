using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// Codes of a number of bits, and how they are read out of tiles (<see cref="CodeTiles"/>). A method for each number: the compiler counts what it puts into a kernel, and stops before
/// the end of one that decides about bits on the way.
/// </summary>
internal interface ICodeBits
{
    /// <summary>The codes of one quad of columns, a byte each, of as many rows as the vector has words.</summary>
    /// <param name="block">The block, at the first of the rows.</param>
    /// <param name="quad">From 0 to 7; a constant, so that shifts and masks are.</param>
    static abstract TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct;
}

internal readonly struct Bits1 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => CodeReader.Low<TLanes, TV>(ref block, 0, quad, 0x01010101);
}

internal readonly struct Bits2 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => CodeReader.Low<TLanes, TV>(ref block, quad / 4, 2 * (quad % 4), 0x03030303);
}

internal readonly struct Bits3 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Or(Bits2.Quad<TLanes, TV>(ref block, quad), CodeReader.High<TLanes, TV>(ref block, 2, quad, 2, 0x04040404));
}

internal readonly struct Bits4 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => CodeReader.Low<TLanes, TV>(ref block, quad / 2, 4 * (quad % 2), 0x0F0F0F0F);
}

internal readonly struct Bits5 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Or(Bits4.Quad<TLanes, TV>(ref block, quad), CodeReader.High<TLanes, TV>(ref block, 4, quad, 4, 0x10101010));
}

internal readonly struct Bits6 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Or(Bits4.Quad<TLanes, TV>(ref block, quad), CodeReader.High<TLanes, TV>(ref block, 4 + (quad / 4), 2 * (quad % 4), 4, 0x30303030));
}

internal readonly struct Bits7 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Or(Bits6.Quad<TLanes, TV>(ref block, quad), CodeReader.High<TLanes, TV>(ref block, 6, quad, 6, 0x40404040));
}

internal readonly struct Bits8 : ICodeBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quad<TLanes, TV>(ref byte block, int quad)
        where TLanes : struct, ILanes<TV>
        where TV : struct => CodeReader.Word<TLanes, TV>(ref block, quad);
}

/// <summary>Reads parts of codes.</summary>
internal static class CodeReader
{
    /// <summary>One word of every row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Word<TLanes, TV>(ref byte block, int word)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Load(ref Unsafe.Add(ref block, word * TileShape.WordBytes));

    /// <summary>The lowest bits of codes. Shifts take 16 bits at a time, and the mask takes away what comes from the other byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Low<TLanes, TV>(ref byte block, int word, int from, int mask)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.And(TLanes.ShiftRight16(Word<TLanes, TV>(ref block, word), from), TLanes.Repeat(mask));

    /// <summary>Higher bits of codes, in their place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV High<TLanes, TV>(ref byte block, int word, int from, int to, int mask)
        where TLanes : struct, ILanes<TV>
        where TV : struct =>
        TLanes.And(
            from >= to ? TLanes.ShiftRight16(Word<TLanes, TV>(ref block, word), from - to) : TLanes.ShiftLeft16(Word<TLanes, TV>(ref block, word), to - from), TLanes.Repeat(mask));
}
