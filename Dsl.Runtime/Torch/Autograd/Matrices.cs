using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>Whole matrices, for the passes of generated layers.</summary>
public static class Matrices
{
    /// <summary>The inverse of a matrix, in rows without gaps. It records on TorchSharp's tape.</summary>
    /// <param name="matrix">(n, n).</param>
    /// <exception cref="SingularMatrixException">The matrix has no inverse, or is of a type that none is computed of.</exception>
    public static Tensor Inverse(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        try
        {
            return linalg.inv(matrix).contiguous(); // loops run over its memory
        }
        catch (ExternalException exception)
        {
            throw new SingularMatrixException(matrix.shape, exception);
        }
    }

    /// <summary>1 where row and column are the same, else 0.</summary>
    /// <param name="like">A tensor of the wanted type on the wanted device; null for float32 on the CPU.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public static Tensor Identity(Tensor? like, long rows, long columns) => like is null ? eye(rows, columns, ScalarType.Float32) : eye(rows, columns, like.dtype, like.device);
}
