using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// The weights that the codes of a quad stand for, in units of the scale, as floats. A row's four weights lie in two vectors: columns 0 and 2 of two rows in
/// turn (A), columns 1 and 3 (B), and those of the other two rows of every 128 bits (C, D).
/// </summary>
internal interface IFloatFactor<TV>
    where TV : struct
{
    Four<TV> Weights<TLanes>(TV code)
        where TLanes : struct, ILanes<TV>;
}

/// <summary>Up to 16 levels that fit into the upper 16 bits of a float: small whole numbers, powers of two and sums of them. Two tables of bytes.</summary>
internal readonly struct HalfFactor<TV>(TV low, TV high, TV upper) : IFloatFactor<TV>
    where TV : struct
{
    private readonly TV low = low;
    private readonly TV high = high;
    private readonly TV upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Four<TV> Weights<TLanes>(TV code)
        where TLanes : struct, ILanes<TV>
    {
        var (first, second) = (TLanes.Lookup(low, code), TLanes.Lookup(high, code));
        var (lower, rest) = (TLanes.InterleaveLow8(first, second), TLanes.InterleaveHigh8(first, second));
        return new Four<TV> { A = TLanes.ShiftLeft32(lower, 16), B = TLanes.And(lower, upper), C = TLanes.ShiftLeft32(rest, 16), D = TLanes.And(rest, upper) };
    }
}

/// <summary>Up to 16 levels of any kind: four tables of bytes.</summary>
internal readonly struct FullFactor<TV>(Four<TV> tables) : IFloatFactor<TV>
    where TV : struct
{
    private readonly Four<TV> tables = tables;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Four<TV> Weights<TLanes>(TV code)
        where TLanes : struct, ILanes<TV> =>
        FloatBytes.Join<TLanes, TV>(TLanes.Lookup(tables.A, code), TLanes.Lookup(tables.B, code), TLanes.Lookup(tables.C, code), TLanes.Lookup(tables.D, code));
}

/// <summary>More than 16 levels: four tables of bytes for each 16 of them, of which a code finds its own.</summary>
/// <param name="weight">Whose levels they are.</param>
/// <param name="sixteens">How many times 16 levels.</param>
internal readonly struct ManyFactor<TV>(TiledWeight weight, int sixteens) : IFloatFactor<TV>
    where TV : struct
{
    private readonly TiledWeight weight = weight;
    private readonly int sixteens = sixteens;

    /// <summary>A call of its own: a compiler that counts what it puts into a kernel would stop before its end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public Four<TV> Weights<TLanes>(TV code)
        where TLanes : struct, ILanes<TV>
    {
        var (a, b, c, d) = (default(TV), default(TV), default(TV), default(TV));
        ref var table = ref Unsafe.As<byte, Vector128<byte>>(ref MemoryMarshal.GetReference(weight.FloatTables));
        for (var k = 0; k < sixteens; k++, table = ref Unsafe.Add(ref table, sizeof(float)))
        {
            var index = TLanes.Xor(code, TLanes.Repeat(k * 0x10101010));
            a = TLanes.Or(a, TLanes.LookupOrZero(TLanes.Repeat(table), index));
            b = TLanes.Or(b, TLanes.LookupOrZero(TLanes.Repeat(Unsafe.Add(ref table, 1)), index));
            c = TLanes.Or(c, TLanes.LookupOrZero(TLanes.Repeat(Unsafe.Add(ref table, 2)), index));
            d = TLanes.Or(d, TLanes.LookupOrZero(TLanes.Repeat(Unsafe.Add(ref table, 3)), index));
        }

        return FloatBytes.Join<TLanes, TV>(a, b, c, d);
    }
}

/// <summary>Makes floats of their bytes.</summary>
internal static class FloatBytes
{
    /// <param name="a">The lowest byte of every float.</param>
    /// <param name="b">The second.</param>
    /// <param name="c">The third.</param>
    /// <param name="d">The highest.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four<TV> Join<TLanes, TV>(TV a, TV b, TV c, TV d)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        var (low, high) = (TLanes.InterleaveLow8(a, b), TLanes.InterleaveLow8(c, d));
        var (restLow, restHigh) = (TLanes.InterleaveHigh8(a, b), TLanes.InterleaveHigh8(c, d));
        return new Four<TV> { A = Even<TLanes, TV>(low, high), B = Odd<TLanes, TV>(low, high), C = Even<TLanes, TV>(restLow, restHigh), D = Odd<TLanes, TV>(restLow, restHigh) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Even<TLanes, TV>(TV low, TV high)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Or(TLanes.ShiftLeft32(high, 16), TLanes.ShiftRight32(TLanes.ShiftLeft32(low, 16), 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Odd<TLanes, TV>(TV low, TV high)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Or(TLanes.And(high, TLanes.Repeat(unchecked((int)0xFFFF0000))), TLanes.ShiftRight32(low, 16));
}

/// <summary>The code itself as a number, of 8 bits less 128.</summary>
/// <param name="middle">128 in every byte for codes of 8 bits, otherwise 0: with the addition the code becomes a signed number.</param>
internal readonly struct WholeFactor<TV>(TV middle) : IFloatFactor<TV>
    where TV : struct
{
    private readonly TV middle = middle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Four<TV> Weights<TLanes>(TV code)
        where TLanes : struct, ILanes<TV>
    {
        var signed = TLanes.Add8(code, middle);
        var (lower, rest) = (TLanes.InterleaveLow8(default, signed), TLanes.InterleaveHigh8(default, signed));
        return new Four<TV> { A = Even<TLanes>(lower), B = Odd<TLanes>(lower), C = Even<TLanes>(rest), D = Odd<TLanes>(rest) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Even<TLanes>(TV pairs)
        where TLanes : struct, ILanes<TV> => TLanes.ToFloat(TLanes.ShiftRightSigned32(TLanes.ShiftLeft32(pairs, 16), 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Odd<TLanes>(TV pairs)
        where TLanes : struct, ILanes<TV> => TLanes.ToFloat(TLanes.ShiftRightSigned32(pairs, 24));
}

/// <summary>Whether zero points are taken off.</summary>
internal interface IZeroPoints<TV>
    where TV : struct
{
    /// <param name="weights">The weights of a quad.</param>
    /// <param name="low">The zero points of A and B.</param>
    /// <param name="high">Those of C and D.</param>
    static abstract Four<TV> TakeOff<TLanes>(Four<TV> weights, TV low, TV high)
        where TLanes : struct, ILanes<TV>;
}

internal readonly struct WithZeroPoints<TV> : IZeroPoints<TV>
    where TV : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four<TV> TakeOff<TLanes>(Four<TV> weights, TV low, TV high)
        where TLanes : struct, ILanes<TV> => new()
        {
            A = TLanes.SubtractFloat(weights.A, low),
            B = TLanes.SubtractFloat(weights.B, low),
            C = TLanes.SubtractFloat(weights.C, high),
            D = TLanes.SubtractFloat(weights.D, high),
        };
}

internal readonly struct WithoutZeroPoints<TV> : IZeroPoints<TV>
    where TV : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four<TV> TakeOff<TLanes>(Four<TV> weights, TV low, TV high)
        where TLanes : struct, ILanes<TV> => weights;
}
