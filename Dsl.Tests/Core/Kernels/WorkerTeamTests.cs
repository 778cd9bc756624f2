namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Every part is done once, whoever calls and however often, and nothing is allocated.</summary>
public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 1000)]
    public void Every_part_is_done_once(int threads, int parts)
    {
        var team = new WorkerTeam(threads);
        for (var round = 0; round < 200; round++)
        {
            var counts = new int[parts];
            var work = new Counting(counts);
            team.Run(ref work, parts);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Many_callers_and_nested_calls_do_not_wait_for_each_other()
    {
        var team = new WorkerTeam(3);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (var round = 0; round < 200; round++)
            {
                var counts = new int[24];
                var work = new Nested(team, counts);
                team.Run(ref work, 4);
                Assert.All(counts, count => Assert.Equal(1, count));
            }
        });
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        var team = new WorkerTeam(2);
        var counts = new int[16];
        var work = new Counting(counts);
        team.Run(ref work, counts.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            team.Run(ref work, counts.Length);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Spans_stay_right_while_the_collector_moves_what_they_show()
    {
        var team = new WorkerTeam(4);
        for (var round = 0; round < 30; round++)
        {
            var counts = new int[64];
            var work = new Collecting(counts);
            team.Run(ref work, counts.Length);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(31)]
    public void What_a_part_throws_reaches_the_caller_and_the_team_goes_on(int faulty)
    {
        var team = new WorkerTeam(2);
        for (var round = 0; round < 50; round++)
        {
            var work = new Throwing(faulty);
            var thrown = Catch(team, work);
            Assert.Equal($"part {faulty}", Assert.IsType<InvalidOperationException>(thrown).Message);
            var counts = new int[32];
            var next = new Counting(counts);
            team.Run(ref next, counts.Length);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void One_thread_at_most_is_the_callers()
    {
        var team = new WorkerTeam(4) { MaxThreads = 1 };
        var threads = new int[64];
        var work = new Naming(threads);
        team.Run(ref work, threads.Length);
        Assert.All(threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
    }

    [Fact]
    public void A_sleeping_worker_is_woken()
    {
        var team = new WorkerTeam(2);
        for (var round = 0; round < 5; round++)
        {
            // Parts that last long enough for the other thread to come: both must be seen.
            var threads = new int[2];
            var work = new Meeting(threads);
            team.Run(ref work, 2);
            Assert.NotEqual(threads[0], threads[1]);
            Thread.Sleep(20);
        }
    }

    [Fact]
    public void The_number_of_threads_is_at_least_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FoldedOptions.MaxThreads = 0);
        Assert.True(FoldedOptions.MaxThreads >= 1);
    }

    private static Exception? Catch(WorkerTeam team, Throwing work)
    {
        try
        {
            team.Run(ref work, 32);
            return null;
        }
        catch (InvalidOperationException thrown)
        {
            return thrown;
        }
    }

    private readonly ref struct Counting(Span<int> counts) : IWork
    {
        private readonly Span<int> counts = counts;

        public void Run(int part) => Interlocked.Increment(ref counts[part]);
    }

    private readonly ref struct Nested(WorkerTeam team, Span<int> counts) : IWork
    {
        private readonly Span<int> counts = counts;

        public void Run(int part)
        {
            var inner = new Counting(counts.Slice(part * 6, 6));
            team.Run(ref inner, 6);
        }
    }

    private readonly ref struct Collecting(Span<int> counts) : IWork
    {
        private readonly Span<int> counts = counts;

        public void Run(int part)
        {
            _ = new byte[1000].Length;
            if (part % 16 == 0)
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            }

            counts[part]++;
        }
    }

    private readonly ref struct Throwing(int faulty) : IWork
    {
        public void Run(int part)
        {
            if (part == faulty)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    private readonly ref struct Naming(Span<int> threads) : IWork
    {
        private readonly Span<int> threads = threads;

        public void Run(int part) => threads[part] = Environment.CurrentManagedThreadId;
    }

    /// <summary>Ends when both parts have begun, which takes two threads.</summary>
    private readonly ref struct Meeting(Span<int> threads) : IWork
    {
        private readonly Span<int> threads = threads;

        public void Run(int part)
        {
            Volatile.Write(ref threads[part], Environment.CurrentManagedThreadId);
            var start = Environment.TickCount64;
            while (Volatile.Read(ref threads[1 - part]) == 0 && Environment.TickCount64 - start < 30_000)
            {
                Thread.Yield();
            }
        }
    }
}
