namespace LayerDsl;

/// <summary>What the scales of <see cref="Scheme.Binary"/> may be.</summary>
public enum BinaryScales
{
    /// <summary>Any float.</summary>
    Float,

    /// <summary>Powers of two: multiplying is a shift. The exponent is rounded to the nearest.</summary>
    PowerOfTwo,

    /// <summary>Sums of three powers of two with signs: multiplying is three shifts.</summary>
    AdditivePowerOfTwo,
}
