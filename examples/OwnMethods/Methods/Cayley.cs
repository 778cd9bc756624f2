using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>
/// Orthogonal weights, (I + A/2)(I - A/2)⁻¹ with A = P - Pᵀ: torch.nn.utils.parametrizations.orthogonal with orthogonal_map="cayley" has the same, of the lower
/// triangle of P alone. I - A/2 always has an inverse, as the eigenvalues of A are imaginary.
/// </summary>
[Reparameterization(Square = true, Paper = "Helfrich, Willmott, Ye: Orthogonal Recurrent Neural Networks with Scaled Cayley Transform, 2018, arXiv 1707.09520")]
public static partial class Cayley
{
    public static Weight Map(Weight p, [Size("in")] int n)
    {
        var half = (p - Transpose(p)) / 2;
        return MatMul(Identity(n) + half, Inverse(Identity(n) - half));
    }
}
