namespace LayerDsl;

/// <summary>The companding curves: odd, strictly increasing, with height a and width b.</summary>
public enum Curve
{
    /// <summary><c>a · arctan(v / b)</c>, bounded by a·π/2; the paper's curve.</summary>
    Arctan,

    /// <summary><c>a · tanh(v / b)</c>, bounded by a.</summary>
    Tanh,

    /// <summary><c>a · (v/b) / (1 + |v/b|)</c>, bounded by a.</summary>
    Softsign,

    /// <summary><c>sign(v) · a · ln(1 + μ|v|) / ln(1 + μ)</c> with μ = 1/b; unbounded, equal to ±a at v = ±1.</summary>
    MuLaw,
}
