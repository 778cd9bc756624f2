namespace LayerDsl.Ilgpu;

/// <summary>A function that a product applies to its sums before it stores them, so that no pass over memory is made for it.</summary>
public enum DeviceActivation
{
    /// <summary>None.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x Φ(x).</summary>
    Gelu,

    /// <summary>GELU by a hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>tanh(x).</summary>
    Tanh,
}
