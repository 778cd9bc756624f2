namespace LayerDsl;

/// <summary>
/// Weight compander (Cakaj, Mehnert, Yang 2023, arXiv 2306.16993): the effective weight is a bounded, odd, increasing
/// function of the stored one, <c>W = a · arctan(v / b)</c>. Small weights are pushed away from zero, large ones restricted.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class CompanderAttribute : Attribute
{
    /// <summary>The curve. Default <see cref="LayerDsl.Curve.Arctan"/>, the paper's.</summary>
    public Curve Curve { get; set; } = Curve.Arctan;

    /// <summary>The initial value of a, the height of the curve; greater than 0. Default 1.</summary>
    public double A { get; set; } = 1.0;

    /// <summary>
    /// The initial value of b, the width of the curve; greater than 0. Default 0.5, so that the slope at zero is
    /// a / b = 2. For <see cref="LayerDsl.Curve.MuLaw"/> it is μ = 1 / b.
    /// </summary>
    public double B { get; set; } = 0.5;

    /// <summary>
    /// Whether a and b are learned. They are stored as their logarithms, <c>log_a</c> and <c>log_b</c>, and so stay positive.
    /// Default true.
    /// </summary>
    public bool Learnable { get; set; } = true;

    /// <summary>The projections of an attention layer that it acts on. Default <see cref="Part.All"/>.</summary>
    public Part On { get; set; } = Part.All;
}
