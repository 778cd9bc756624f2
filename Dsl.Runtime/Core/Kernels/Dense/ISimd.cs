namespace LayerDsl;

/// <summary>
/// A vector of floats of one width: a kernel is written once, and compiled for every width. Sums of products are fused where the hardware does so.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads a vector; any alignment.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Floats whose upper 16 bits are the lower ones in memory, and whose others are zero.</summary>
    static abstract TVector LowerHalves(float* source);

    /// <summary>Floats whose upper 16 bits are those in memory, and whose others are zero.</summary>
    static abstract TVector UpperHalves(float* source);

    /// <summary>Writes a vector; any alignment.</summary>
    static abstract void Store(float* target, TVector value);

    /// <summary>One value in every place.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a · b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a · b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The sum of all places.</summary>
    static abstract float Sum(TVector value);
}
