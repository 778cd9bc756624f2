namespace LayerDsl.Simd;

/// <summary>
/// A loop over rows that are independent of each other, written once for every vector width. An implementation holds what it reads and writes;
/// several threads run it at once for different rows, so it must not change itself.
/// </summary>
public interface IRowKernel
{
    /// <summary>Does some rows.</summary>
    /// <typeparam name="V">The vector to use.</typeparam>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row after the last.</param>
    void Run<V>(int first, int end)
        where V : struct, IVector<V>;
}
