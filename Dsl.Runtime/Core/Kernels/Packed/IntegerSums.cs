using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>How the products of the quads of a block are added up.</summary>
internal interface IIntegerSum<TV>
    where TV : struct
{
    /// <summary>Adds the products of a quad, sums of neighbours in 16 bits.</summary>
    static abstract TV Add<TLanes>(TV sum, TV products, TV ones)
        where TLanes : struct, ILanes<TV>;

    /// <summary>The sums of a block in 32 bits.</summary>
    static abstract TV Total<TLanes>(TV sum, TV ones)
        where TLanes : struct, ILanes<TV>;
}

/// <summary>In 16 bits: for codes of at most 4 bits. 8 quads · 2 products · 15 · 128 is less than 2^15.</summary>
internal readonly struct ShortSum<TV> : IIntegerSum<TV>
    where TV : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Add<TLanes>(TV sum, TV products, TV ones)
        where TLanes : struct, ILanes<TV> => TLanes.Add16(sum, products);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Total<TLanes>(TV sum, TV ones)
        where TLanes : struct, ILanes<TV> => TLanes.DotShorts(sum, ones);
}

/// <summary>In 32 bits.</summary>
internal readonly struct LongSum<TV> : IIntegerSum<TV>
    where TV : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Add<TLanes>(TV sum, TV products, TV ones)
        where TLanes : struct, ILanes<TV> => TLanes.Add32(sum, TLanes.DotShorts(products, ones));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Total<TLanes>(TV sum, TV ones)
        where TLanes : struct, ILanes<TV> => sum;
}
