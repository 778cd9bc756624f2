namespace LayerDsl;

/// <summary>
/// y = activation(x · scale[c] + shift[c] + residual) for planes of channels, in one vector width. Planes of one value each are rows of channels,
/// which are read along the row.
/// </summary>
internal readonly unsafe ref struct ChannelKernel<TSimd, TVector> : IWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Values below which a part is not worth its hand-over to another thread.</summary>
    private const int LeastValues = 16 * 1024;

    private readonly ChannelWork work;

    /// <summary>Values that are read at once: of a plane, or of a row.</summary>
    private readonly int length;

    private readonly int runs;

    public ChannelKernel(in ChannelWork work)
    {
        this.work = work;
        length = work.Plane == 1 ? work.Scale.Length : work.Plane;
        runs = work.X.Length / length;
        Parts = WorkerTeam.Shared.Parts(runs, Math.Max(1, LeastValues / length));
    }

    public int Parts { get; }

    public void Run(int part)
    {
        var (first, last) = ((int)((long)runs * part / Parts), (int)((long)runs * (part + 1) / Parts));
        fixed (float* x = work.X, y = work.Y, scale = work.Scale, shift = work.Shift)
        {
            for (var run = first; run < last; run++)
            {
                var (start, channel) = (run * length, run % work.Scale.Length);
                if (work.Plane == 1)
                {
                    RowPass<TSimd, TVector>.Scale(x + start, y + start, length, 0, 1, scale, shift);
                }
                else
                {
                    RowPass<TSimd, TVector>.Affine(x + start, y + start, length, scale[channel], shift[channel]);
                }

                work.Epilogue.Slice(start, length).Finish(work.Y.Slice(start, length));
            }
        }
    }
}
