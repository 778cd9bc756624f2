using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Pooling of planes: the lines of a window are joined first, then its columns, for all places of a line at once; every stride-th one is wanted.</summary>
internal readonly ref struct PoolingKernel<TFunction> : IWork
    where TFunction : struct, IWindowFunction
{
    /// <summary>Values below which a part is not worth its hand-over to another thread.</summary>
    private const int LeastValues = 16 * 1024;

    private readonly PoolingWindows windows;
    private readonly ReadOnlySpan<float> x;
    private readonly Span<float> y;
    private readonly int planes;

    public PoolingKernel(PoolingWindows windows, ReadOnlySpan<float> x, Span<float> y, int planes)
    {
        this.windows = windows;
        this.x = x;
        this.y = y;
        this.planes = planes;
        Parts = WorkerTeam.Shared.Parts(planes, Math.Max(1, LeastValues / (windows.Height * windows.Width)));
    }

    public int Parts { get; }

    public void Run(int part)
    {
        var (width, size) = (windows.Width + (2 * windows.Padding), windows.Height * windows.Width);
        using var buffer = new PooledBuffer(2 * width);
        var line = buffer.Span[..width];
        var joined = buffer.Span[width..];
        line.Fill(TFunction.Outside);
        for (var plane = (int)((long)planes * part / Parts); plane < (int)((long)planes * (part + 1) / Parts); plane++)
        {
            for (var row = 0; row < windows.Rows; row++)
            {
                var target = y.Slice(((plane * windows.Rows) + row) * windows.Columns, windows.Columns);
                if (windows is { KernelSize: 2, Stride: 2, Padding: 0 })
                {
                    JoinPairs(x.Slice((plane * size) + (2 * row * windows.Width), 2 * windows.Width), target);
                    continue;
                }

                JoinLines(x.Slice(plane * size, size), row, line.Slice(windows.Padding, windows.Width));
                JoinColumns(line, joined, target);
            }
        }
    }

    private void JoinLines(ReadOnlySpan<float> plane, int row, Span<float> line)
    {
        var first = Math.Max(0, (row * windows.Stride) - windows.Padding);
        var last = Math.Min(windows.Height, (row * windows.Stride) - windows.Padding + windows.KernelSize);
        var joined = plane.Slice(first * windows.Width, windows.Width);
        if (last - first == 1)
        {
            joined.CopyTo(line);
        }

        for (var k = first + 1; k < last; k++)
        {
            TFunction.Join(joined, plane.Slice(k * windows.Width, windows.Width), line);
            joined = line;
        }
    }

    /// <summary>Windows of two by two side by side, the common case: no line in between is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void JoinPairs(ReadOnlySpan<float> lines, Span<float> target)
    {
        ref var upper = ref MemoryMarshal.GetReference(lines);
        ref var lower = ref Unsafe.Add(ref upper, windows.Width);
        var column = 0;
        for (; column + 2 <= target.Length; column += 2)
        {
            var joined = TFunction.Join(Vector128.LoadUnsafe(ref upper, (nuint)(2 * column)), Vector128.LoadUnsafe(ref lower, (nuint)(2 * column)));
            joined = TFunction.Join(joined, Vector128.Shuffle(joined, Vector128.Create(1, 0, 3, 2)));
            (target[column], target[column + 1]) = (TFunction.Finish(joined[0], 4), TFunction.Finish(joined[2], 4));
        }

        if (column < target.Length)
        {
            var last = Vector128.Create(lines[2 * column], lines[(2 * column) + 1], lines[windows.Width + (2 * column)], lines[windows.Width + (2 * column) + 1]);
            last = TFunction.Join(last, Vector128.Shuffle(last, Vector128.Create(2, 3, 0, 1)));
            target[column] = TFunction.Finish(TFunction.Join(last, Vector128.Shuffle(last, Vector128.Create(1, 0, 3, 2)))[0], 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void JoinColumns(ReadOnlySpan<float> line, Span<float> joined, Span<float> target)
    {
        var length = line.Length - windows.KernelSize + 1;
        var windowed = line[..length];
        for (var k = 1; k < windows.KernelSize; k++)
        {
            TFunction.Join(windowed, line.Slice(k, length), joined[..length]);
            windowed = joined[..length];
        }

        var count = windows.KernelSize * windows.KernelSize;
        for (var (column, from) = (0, 0); column < target.Length; column++, from += windows.Stride)
        {
            target[column] = TFunction.Finish(windowed[from], count);
        }
    }
}
