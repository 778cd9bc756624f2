namespace LayerDsl;

/// <summary>The codes of a layer's input. Two formats are equal if all their parts are.</summary>
/// <param name="Scheme">The grid's name.</param>
/// <param name="Bits">Bits per code, from 1 to 8.</param>
/// <param name="Signed">Whether codes run from -2^(bits - 1), otherwise from 0.</param>
public sealed record ActivationFormat(string Scheme, int Bits, bool Signed)
{
    /// <summary>The least code.</summary>
    public int Lowest => Signed ? -(1 << (Bits - 1)) : 0;

    /// <summary>The largest code.</summary>
    public int Highest => Signed ? (1 << (Bits - 1)) - 1 : (1 << Bits) - 1;

    /// <summary>The largest distance of two codes.</summary>
    internal int Span => (1 << Bits) - 1;
}
