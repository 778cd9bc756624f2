namespace LayerDsl.Generator.Reparams;

/// <summary>
/// The sizes at which a sparse layer computes as many operations as the dense one (Sparse-IFT, table 1), s the sparsity.
/// Products of integers are taken exactly; a share is rounded once.
/// </summary>
internal static class SparseSizes
{
    /// <summary>1/0.1 is 10.000000000000002: what is nearer to a whole number than this is one.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>Beyond this a double no longer counts in ones, and nothing could be stored anyway.</summary>
    private const double LargestSize = 1L << 53;

    /// <summary>Ones in a mask of so many places; at least one, or the layer would be cut off.</summary>
    public static long Ones(double sparsity, long places) => Math.Max(1, (long)Math.Round((1 - sparsity) * places));

    /// <summary>1 / (1 - s) branches where that is a whole number, else null.</summary>
    public static int? Branches(double sparsity)
    {
        var branches = 1 / (1 - sparsity);
        var whole = Math.Round(branches);
        return whole <= int.MaxValue && Math.Abs(branches - whole) <= Tolerance * whole ? (int)whole : null;
    }

    /// <summary>d = ⌈in·out / ((1-s)·(in + out))⌉: both factors masked.</summary>
    public static long FactorizedWidth(double sparsity, long inputs, long outputs) =>
        (long)Math.Min(Math.Ceiling((inputs * outputs / ((1 - sparsity) * (inputs + outputs))) - Tolerance), LargestSize);

    /// <summary>d = ⌊s·in·out / (in + out)⌋: what the mask saves, spent on a dense product.</summary>
    public static long DopedRank(double sparsity, long inputs, long outputs) =>
        (long)Math.Floor((sparsity * inputs * outputs / (inputs + outputs)) + Tolerance);

    /// <summary>
    /// Bytes of compressed rows: a value of 4 and a column of 2 or 4 bytes for each number, and 4 for where each row starts. The runtime's SparseRows counts in the same way.
    /// </summary>
    public static long RowBytes(long numbers, long rows, long columns) =>
        (numbers * (sizeof(float) + (columns <= 1 << 16 ? sizeof(ushort) : sizeof(int)))) + (sizeof(int) * (rows + 1));

    /// <summary>A width times √(1/(1-s)), to the nearest whole number.</summary>
    public static long WidenedBy(double sparsity, int width) => (long)Math.Round(width * Math.Sqrt(1 / (1 - sparsity)));
}
