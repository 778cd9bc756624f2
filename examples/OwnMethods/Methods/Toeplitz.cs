namespace LayerDsl.Examples.OwnMethods;

/// <summary>One number for each diagonal.</summary>
[Reparameterization(Paper = "Sindhwani, Sainath, Kumar: Structured Transforms for Small-Footprint Deep Learning, 2015, arXiv 1510.01722")]
public static partial class Toeplitz
{
    public static Weight Map([Shape("out + in - 1")] Weight diagonals, [Size("out")] int rows, [Size("in")] int columns) => Functions.Toeplitz(diagonals, rows, columns);
}
