namespace LayerDsl;

/// <summary>The functions that a folded layer can apply to its output while it writes it; see <see cref="Activations"/> for their definitions.</summary>
public enum EpilogueActivation
{
    /// <summary>None: the output as it is.</summary>
    None,

    /// <summary><see cref="Activations.Relu"/>.</summary>
    Relu,

    /// <summary><see cref="Activations.Gelu"/>.</summary>
    Gelu,

    /// <summary><see cref="Activations.GeluTanh"/>.</summary>
    GeluTanh,

    /// <summary><see cref="Activations.Sigmoid"/>.</summary>
    Sigmoid,

    /// <summary><see cref="Activations.Tanh"/>.</summary>
    Tanh,
}
