using System.Runtime.Intrinsics;

namespace LayerDsl.Simd;

/// <summary>Runs loops over rows on the widest vectors that hardware has, and on several threads where that pays.</summary>
public static class RowLoop
{
    /// <summary>Fewer numbers than this are done sooner than another thread has begun.</summary>
    private const int LeastNumbers = 8192;

    /// <summary>Does all rows, and returns when they are done.</summary>
    /// <param name="kernel">The loop.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many numbers a row has.</param>
    /// <param name="threads">How many threads at most, the caller's among them.</param>
    public static void Run<TKernel>(TKernel kernel, int rows, int columns, int threads)
        where TKernel : struct, IRowKernel
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<TKernel, Floats16>(kernel, rows, columns, threads);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<TKernel, Floats8>(kernel, rows, columns, threads);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Run<TKernel, Floats4>(kernel, rows, columns, threads);
        }
        else
        {
            Run<TKernel, Floats1>(kernel, rows, columns, threads);
        }
    }

    /// <summary>The same on vectors of a given width.</summary>
    internal static void Run<TKernel, TVector>(TKernel kernel, int rows, int columns, int threads)
        where TKernel : struct, IRowKernel
        where TVector : struct, IVector<TVector>
    {
        var least = Math.Max(1, LeastNumbers / Math.Max(1, columns));
        var team = WorkerTeam.Shared;
        var parts = threads < team.MaxThreads ? Math.Clamp(rows / least, 1, Math.Max(1, threads)) : team.Parts(rows, least);
        var work = new RowBlocks<TKernel, TVector>(kernel, rows, parts);
        team.Run(ref work, parts);
    }

    /// <summary>The rows of a kernel in blocks of nearly one size.</summary>
    private readonly struct RowBlocks<TKernel, TVector>(TKernel kernel, int rows, int parts) : IWork
        where TKernel : struct, IRowKernel
        where TVector : struct, IVector<TVector>
    {
        public void Run(int part) => kernel.Run<TVector>((int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts));
    }
}
