using System.Runtime.CompilerServices;

namespace LayerDsl.Simd;

/// <summary>The largest number of a row, found a vector at a time; NaN where one is NaN.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
public struct RowMax<TVector>
    where TVector : struct, IVector<TVector>
{
    private TVector largest;

    /// <summary>Before the first number: -∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowMax() => largest = TVector.Of(float.NegativeInfinity);

    /// <summary>The largest number so far, everywhere.</summary>
    public readonly TVector Value => TVector.Of(largest.Largest());

    /// <summary>Takes numbers in.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="count">How many of them count: those left in the row, or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TVector x, int count) =>
        largest = TVector.Max(largest, count >= TVector.Count ? x : TVector.KeepFirst(x, count, float.NegativeInfinity));
}
