using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>How the 8-bit codes of a quad are multiplied with signed 8-bit inputs: neighbouring products added up in 16 bits.</summary>
internal interface IIntegerFactor<TV>
    where TV : struct
{
    TV Dot<TLanes>(TV code, TV inputs)
        where TLanes : struct, ILanes<TV>;
}

/// <summary>The code itself, of at most 7 bits; zero points are taken off the sums.</summary>
internal readonly struct CodeFactor<TV> : IIntegerFactor<TV>
    where TV : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Dot<TLanes>(TV code, TV inputs)
        where TLanes : struct, ILanes<TV> => TLanes.DotBytes(code, inputs);
}

/// <summary>Codes of 8 bits less 128, as magnitude times input with the sign: for inputs from -127 to 127. 128 · 127 · 2 fits.</summary>
internal readonly struct ByteFactor<TV>(TV middle) : IIntegerFactor<TV>
    where TV : struct
{
    private readonly TV middle = middle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Dot<TLanes>(TV code, TV inputs)
        where TLanes : struct, ILanes<TV>
    {
        // 128 more or less is the same in 8 bits.
        var weight = TLanes.Add8(code, middle);
        return TLanes.DotBytes(TLanes.Magnitude8(weight), TLanes.WithSign8(inputs, weight));
    }
}

/// <summary>Listed levels, as magnitudes up to 128 and signs: for inputs from -127 to 127.</summary>
internal readonly struct LevelFactor<TV>(TV magnitudes, TV signs) : IIntegerFactor<TV>
    where TV : struct
{
    private readonly TV magnitudes = magnitudes;
    private readonly TV signs = signs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Dot<TLanes>(TV code, TV inputs)
        where TLanes : struct, ILanes<TV> =>
        TLanes.DotBytes(TLanes.Lookup(magnitudes, code), TLanes.WithSign8(inputs, TLanes.Lookup(signs, code)));
}
