using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl.Bench.Peers;

/// <summary>A limit of the machine: how fast a core of each thread reads, or copies, so many bytes, without computing anything with them.</summary>
internal sealed class Bandwidth
{
    private readonly byte[] source;
    private readonly byte[] target;
    private ulong sum;

    private Bandwidth(long sourceBytes, long targetBytes)
    {
        source = GC.AllocateUninitializedArray<byte>(checked((int)sourceBytes));
        target = GC.AllocateUninitializedArray<byte>(checked((int)targetBytes));

        // Memory that was never written is one page of zeros, which the cache holds.
        Array.Fill(source, (byte)1);
        Array.Fill(target, (byte)2);
    }

    public static Bandwidth OfRead(long bytes) => new(bytes, 0);

    public static Bandwidth OfCopy(long bytes) => new(bytes, bytes);

    public void Copy() => Threads.Split(source.Length, (first, last) => source.AsSpan(first..last).CopyTo(target.AsSpan(first..last)));

    public void Read() => Threads.Split(source.Length, (first, last) => Interlocked.Add(ref sum, Sum(source.AsSpan(first..last))));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector512<ulong>>(bytes);
        var (a, b, c, d) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        for (var k = 0; k + 4 <= vectors.Length; k += 4)
        {
            a += vectors[k];
            b += vectors[k + 1];
            c += vectors[k + 2];
            d += vectors[k + 3];
        }

        return Vector512.Sum(a + b + (c + d));
    }
}
