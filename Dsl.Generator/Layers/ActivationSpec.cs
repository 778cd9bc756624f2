namespace LayerDsl.Generator.Layers;

/// <summary>How the input of a folded layer is rounded to codes: what the runtime's format is made from.</summary>
/// <param name="Scheme">The member of <c>Scheme</c>.</param>
/// <param name="Bits">Bits per code.</param>
/// <param name="Signed">Whether codes run from -2^(bits - 1), otherwise from 0.</param>
internal sealed record ActivationSpec(string Scheme, int Bits, bool Signed)
{
    /// <summary>The expression that makes the format in generated code.</summary>
    public string Text => $"new ActivationFormat(\"{Scheme}\", Bits: {Bits}, Signed: {(Signed ? "true" : "false")})";

    /// <summary>The format in the signature of a model.</summary>
    public string Signature => $"inputs {Scheme} {Bits} bits {(Signed ? "signed" : "unsigned")}";

    /// <summary>The least code.</summary>
    public int Lowest => Signed ? -(1 << (Bits - 1)) : 0;

    /// <summary>The largest code.</summary>
    public int Highest => Signed ? (1 << (Bits - 1)) - 1 : (1 << Bits) - 1;
}
