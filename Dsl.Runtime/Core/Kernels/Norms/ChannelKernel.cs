namespace LayerDsl;

/// <summary>y = activation(x · scale[c] + shift[c] + residual) for planes of channels, in one vector width.</summary>
internal readonly unsafe ref struct ChannelKernel<TSimd, TVector> : IWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Values below which a part is not worth its hand-over to another thread.</summary>
    private const int LeastValues = 16 * 1024;

    private readonly ChannelWork work;
    private readonly int planes;

    public ChannelKernel(in ChannelWork work)
    {
        this.work = work;
        planes = work.X.Length / work.Plane;
        Parts = WorkerTeam.Shared.Parts(planes, Math.Max(1, LeastValues / work.Plane));
    }

    public int Parts { get; }

    public void Run(int part)
    {
        var (first, last) = ((int)((long)planes * part / Parts), (int)((long)planes * (part + 1) / Parts));
        fixed (float* x = work.X, y = work.Y)
        {
            for (var plane = first; plane < last; plane++)
            {
                var (start, channel) = (plane * work.Plane, plane % work.Scale.Length);
                RowPass<TSimd, TVector>.Affine(x + start, y + start, work.Plane, work.Scale[channel], work.Shift[channel]);
                work.Epilogue.Slice(start, work.Plane).Finish(work.Y.Slice(start, work.Plane));
            }
        }
    }
}
