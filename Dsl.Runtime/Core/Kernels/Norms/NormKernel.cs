namespace LayerDsl;

/// <summary>
/// Normalizations along rows in one vector width: of a row's mean, if it is centred, and of its mean square. Mean and mean square are made in two passes over the
/// row, which is in the cache by then, so that a large mean costs no digits.
/// </summary>
internal readonly unsafe ref struct NormKernel<TSimd, TVector> : IWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Values below which a part is not worth its hand-over to another thread.</summary>
    private const int LeastValues = 16 * 1024;

    private readonly NormWork work;

    public NormKernel(in NormWork work)
    {
        this.work = work;
        Parts = WorkerTeam.Shared.Parts(work.Rows, Math.Max(1, LeastValues / work.Features));
    }

    public int Parts { get; }

    public void Run(int part)
    {
        var (first, last) = ((int)((long)work.Rows * part / Parts), (int)((long)work.Rows * (part + 1) / Parts));
        var features = work.Features;
        fixed (float* x = work.X, y = work.Y, weight = work.Weight, bias = work.Bias)
        {
            for (var row = first; row < last; row++)
            {
                var from = x + ((nint)row * features);
                var shift = work.IsCentred ? -(RowPass<TSimd, TVector>.Sum(from, features) / features) : 0;
                var square = RowPass<TSimd, TVector>.SumOfSquares(from, shift, features) / features;
                var factor = (float)(1 / Math.Sqrt(square + work.Eps));
                RowPass<TSimd, TVector>.Scale(from, y + ((nint)row * features), features, shift, factor, weight, bias);
            }
        }
    }
}
