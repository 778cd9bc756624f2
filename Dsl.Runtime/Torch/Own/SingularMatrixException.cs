using System.Globalization;

namespace LayerDsl;

/// <summary>A reparameterization of your own inverts a matrix that has no inverse; nothing was changed.</summary>
public sealed class SingularMatrixException : LayerDslException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="shape">The shape of the matrix.</param>
    /// <param name="inner">What TorchSharp says.</param>
    public SingularMatrixException(IReadOnlyList<long> shape, Exception? inner = null)
        : base(
            $"No inverse of a matrix of {string.Join(" × ", (shape ?? throw new ArgumentNullException(nameof(shape))).Select(size => size.ToString(CultureInfo.InvariantCulture)))}: {inner?.Message.Split('\n')[0] ?? "it is singular."} "
            + "Let the formula keep away from singular matrices, as I + A with a skew-symmetric A does, or go back to an earlier checkpoint.",
            inner) => Shape = shape;

    /// <summary>The shape of the matrix.</summary>
    public IReadOnlyList<long> Shape { get; }
}
