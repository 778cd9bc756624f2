namespace LayerDsl.Tests.Core.Kernels;

/// <summary>What a call allocates on the calling thread.</summary>
internal static class Allocations
{
    /// <summary>Fails unless a call allocates nothing after some have warmed up: the pool may drop a buffer now and then, so that the best of many counts.</summary>
    public static void AreNone(Action call)
    {
        for (var k = 0; k < 50; k++)
        {
            call();
        }

        var least = long.MaxValue;
        for (var k = 0; k < 50 && least > 0; k++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
