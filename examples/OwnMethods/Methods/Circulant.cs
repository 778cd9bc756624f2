namespace LayerDsl.Examples.OwnMethods;

/// <summary>Every column is the one before it, moved on by one place: n numbers for n² weights.</summary>
[Reparameterization(Square = true, Paper = "Cheng et al.: Fast Neural Networks with Circulant Projections, 2015, arXiv 1502.03436")]
public static partial class Circulant
{
    public static Weight Map([Shape("out")] Weight column) => Functions.Circulant(column);
}
