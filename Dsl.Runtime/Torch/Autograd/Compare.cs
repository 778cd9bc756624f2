using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>Comparisons as the numbers 1 and 0, in the type of the values compared. NaN compares as 0.</summary>
public static class Compare
{
    /// <summary>1 where x ≥ y, else 0.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="y">A shape that broadcasts with it.</param>
    public static Tensor AtLeast(Tensor x, Tensor y) => x.ge(y).to_type(x.dtype);

    /// <summary>1 where x ≥ number, else 0.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="number">The number.</param>
    public static Tensor AtLeast(Tensor x, double number) => x.ge(number).to_type(x.dtype);

    /// <summary>1 where number ≥ x, else 0.</summary>
    /// <param name="number">The number.</param>
    /// <param name="x">Any shape.</param>
    public static Tensor AtLeast(double number, Tensor x) => x.le(number).to_type(x.dtype);

    /// <summary>1 where x &gt; y, else 0.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="y">A shape that broadcasts with it.</param>
    public static Tensor Above(Tensor x, Tensor y) => x.gt(y).to_type(x.dtype);

    /// <summary>1 where x &gt; number, else 0.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="number">The number.</param>
    public static Tensor Above(Tensor x, double number) => x.gt(number).to_type(x.dtype);

    /// <summary>1 where number &gt; x, else 0.</summary>
    /// <param name="number">The number.</param>
    /// <param name="x">Any shape.</param>
    public static Tensor Above(double number, Tensor x) => x.lt(number).to_type(x.dtype);
}
