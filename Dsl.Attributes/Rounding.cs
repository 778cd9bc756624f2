namespace LayerDsl;

/// <summary>How <see cref="QuantizeAttribute"/> rounds while a layer trains. In <c>eval()</c> and in the fold it always rounds to the nearest, to even at ties.</summary>
public enum Rounding
{
    /// <summary>To the nearest, to even at ties.</summary>
    Nearest,

    /// <summary>
    /// Up or down at random, up with the probability of the distance from below: right on average. Random numbers come from TorchSharp's generator.
    /// </summary>
    Stochastic,
}
