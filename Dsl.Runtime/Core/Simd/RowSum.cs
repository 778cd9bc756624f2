using System.Runtime.CompilerServices;

namespace LayerDsl.Simd;

/// <summary>
/// The sum of a row, a vector at a time and in blocks: its rounding error grows with the length of a block and the number of
/// blocks, not with the length of the row.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
public struct RowSum<TVector>
    where TVector : struct, IVector<TVector>
{
    private const int BlockLength = 128;

    private TVector block;
    private TVector total;
    private int length;

    /// <summary>Before the first number: 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowSum() => (block, total, length) = (TVector.Of(0), TVector.Of(0), 0);

    /// <summary>The sum so far, everywhere.</summary>
    public readonly TVector Value => TVector.Of((block + total).Sum());

    /// <summary>Takes numbers in.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="count">How many of them count: those left in the row, or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TVector x, int count)
    {
        block += count >= TVector.Count ? x : TVector.KeepFirst(x, count, 0);
        if (++length == BlockLength)
        {
            (total, block, length) = (total + block, TVector.Of(0), 0);
        }
    }
}
