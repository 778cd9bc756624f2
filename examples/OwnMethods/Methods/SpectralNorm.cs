using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>A weight whose largest singular value is 1; power iteration follows its singular vectors, one step before each training pass.</summary>
[Reparameterization(Paper = "Miyato et al.: Spectral Normalization, 2018, arXiv 1802.05957")]
public static partial class SpectralNorm
{
    public static Weight Map(Weight weight, [Buffer, PerRow, Start(1)] Weight u, [Buffer, PerColumn, Start(1)] Weight v) => weight / SumOverAll(u * weight * v);

    public static (Weight u, Weight v) Update(Weight weight, Weight v)
    {
        var u = Unit(SumOverRow(weight * v));
        return (u, Unit(SumOverColumn(weight * u)));
    }

    private static Weight Unit(Weight x) => x / Max(Sqrt(SumOverAll(x * x)), 1e-12);
}
