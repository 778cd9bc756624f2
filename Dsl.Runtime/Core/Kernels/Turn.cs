using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// The parts of one call: who has the team, which parts are not taken yet, and how many are done. Untaken parts are a range in one 64-bit number, first in
/// the low and end in the high half, so that taking one from either side is one compare-and-swap. The numbers lie in cache lines of their own.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4 * Line)]
internal sealed class Turn
{
    private const int Line = 128;

    [FieldOffset(Line)]
    private long range;

    [FieldOffset(2 * Line)]
    private int done;

    [FieldOffset(3 * Line)]
    private int busy;

    [FieldOffset((3 * Line) + sizeof(int))]
    private int parts;

    /// <summary>Whether parts are left to take.</summary>
    public bool HasParts => !IsEmpty(Volatile.Read(ref range));

    /// <summary>Takes the team, unless someone has it.</summary>
    public bool TryBegin() => Volatile.Read(ref busy) == 0 && Interlocked.CompareExchange(ref busy, 1, 0) == 0;

    /// <summary>Offers parts: what they need is written before.</summary>
    public void Offer(int count)
    {
        (parts, done) = (count, 0);
        _ = Interlocked.Exchange(ref range, (long)count << 32);
    }

    /// <summary>Takes the first part that is left.</summary>
    public bool TryTakeFirst(out int part)
    {
        for (var now = Volatile.Read(ref range); !IsEmpty(now); now = Volatile.Read(ref range))
        {
            if (Interlocked.CompareExchange(ref range, now + 1, now) == now)
            {
                part = (int)now;
                return true;
            }
        }

        part = 0;
        return false;
    }

    /// <summary>Takes the last part that is left.</summary>
    public bool TryTakeLast(out int part)
    {
        for (var now = Volatile.Read(ref range); !IsEmpty(now); now = Volatile.Read(ref range))
        {
            if (Interlocked.CompareExchange(ref range, now - (1L << 32), now) == now)
            {
                part = (int)(now >> 32) - 1;
                return true;
            }
        }

        part = 0;
        return false;
    }

    /// <summary>Counts a part that was taken as done.</summary>
    public void Done() => Interlocked.Increment(ref done);

    /// <summary>Waits for parts that others have taken.</summary>
    public void AwaitDone()
    {
        var spinner = default(SpinWait);
        while (Volatile.Read(ref done) != parts)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Gives the team back.</summary>
    public void End() => Volatile.Write(ref busy, 0);

    private static bool IsEmpty(long range) => (int)range >= (int)(range >> 32);
}
