using System.Runtime.CompilerServices;

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
internal readonly struct FullFactor<TV>(Four<TV> tables, TV upper) : IFloatFactor<TV>
    where TV : struct
{
    private readonly Four<TV> tables = tables;
    private readonly TV upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Four<TV> Weights<TLanes>(TV code)
        where TLanes : struct, ILanes<TV>
    {
        var (a, b) = (TLanes.Lookup(tables.A, code), TLanes.Lookup(tables.B, code));
        var (c, d) = (TLanes.Lookup(tables.C, code), TLanes.Lookup(tables.D, code));
        var (low, high) = (TLanes.InterleaveLow8(a, b), TLanes.InterleaveLow8(c, d));
        var (restLow, restHigh) = (TLanes.InterleaveHigh8(a, b), TLanes.InterleaveHigh8(c, d));
        return new Four<TV> { A = Even<TLanes>(low, high), B = Odd<TLanes>(low, high), C = Even<TLanes>(restLow, restHigh), D = Odd<TLanes>(restLow, restHigh) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Even<TLanes>(TV low, TV high)
        where TLanes : struct, ILanes<TV> => TLanes.Or(TLanes.ShiftLeft32(high, 16), TLanes.ShiftRight32(TLanes.ShiftLeft32(low, 16), 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV Odd<TLanes>(TV low, TV high)
        where TLanes : struct, ILanes<TV> => TLanes.Or(TLanes.And(high, upper), TLanes.ShiftRight32(low, 16));
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
