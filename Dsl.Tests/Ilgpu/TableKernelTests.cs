using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Rows added up by their index, at the ends of the pieces that threads walk over. The numbers are whole, so that every order of adding gives the same sum.</summary>
public sealed class TableKernelTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    private const int Count = 5;
    private const int Chunk = TableKernels.Chunk;

    public static TheoryData<string, int[]> Tables => new()
    {
        { "one number", [3] },
        { "all of a chunk", Repeat((4, Chunk)) },
        { "two chunks of one row", Repeat((0, 2 * Chunk)) },
        { "one row over four chunks", Repeat((2, (3 * Chunk) + 1)) },
        { "rows that end with chunks", Repeat((0, Chunk), (1, 2 * Chunk), (3, Chunk)) },
        { "rows that end one before and after", Repeat((0, Chunk - 1), (1, 2), (2, (2 * Chunk) - 1), (4, 7)) },
        { "the padding row over chunks", Repeat((0, 5), (1, 3 * Chunk), (2, 9)) },
        { "all of the padding row", Repeat((1, Chunk + 1)) },
        { "no row at all", Repeat((7, Chunk + 3), (-2, 2)) },
        { "backwards", [.. Enumerable.Range(0, 203).Select(place => 4 - (place % 5))] },
        { "at random", [.. RandomNumbers(333)] },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Sums_are_those_of_the_rows_that_name_them(string name, int[] table)
    {
        foreach (var (width, threads) in new[] { (1, 16), (3, 1), (8, 4) })
        {
            var rows = Enumerable.Range(0, table.Length * width).Select(place => (float)((place * 7 % 23) - 11)).ToArray();
            var expected = new float[Count * width];
            for (var place = 0; place < rows.Length; place++)
            {
                var row = table[place / width];
                if (row is >= 0 and < Count and not 1)
                {
                    expected[(row * width) + (place % width)] += rows[place];
                }
            }

            Assert.True(expected.AsSpan().SequenceEqual(Sum(table, rows, width, threads)), $"{name}, rows of {width}");
        }
    }

    /// <summary>With 1 as the padding row.</summary>
    private float[] Sum(int[] table, float[] rows, int width, int threads)
    {
        var (accelerator, stream, places) = (device.Accelerator, device.Stream, table.Length);
        using var numbers = accelerator.Allocate1D([.. table.Select(number => (float)number)]);
        using var values = accelerator.Allocate1D(rows);
        using var first = accelerator.Allocate1D<long>(places);
        using var second = accelerator.Allocate1D<long>(places);
        using var sums = accelerator.Allocate1D(new float[Count * width]);
        var parts = (places + Chunk - 1) / Chunk * width;
        using var open = accelerator.Allocate1D<float>(2 * parts);
        var shape = new RowSumShape(places, Count, new Divisor(width), parts);

        accelerator.LoadKernel<ArrayView<float>, ArrayView<long>, int, int>(TableKernels.SortBlocks)(stream, new KernelConfig((places + threads - 1) / threads, threads), numbers.View, first.View, Count, 1);
        var merge = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<long>, ArrayView<long>, int>(TableKernels.Merge);
        var (from, to) = (first, second);
        for (var length = threads; length < places; length *= 2)
        {
            merge(stream, places, from.View, to.View, length);
            (from, to) = (to, from);
        }

        accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, ArrayView<float>, RowSumShape>(TableKernels.SumChunks)(stream, parts, from.View, values.View, sums.View, open.View, shape);
        accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, RowSumShape>(TableKernels.JoinChunks)(stream, parts, from.View, open.View, sums.View, shape);
        stream.Synchronize();
        var keys = from.GetAsArray1D();
        Assert.Equal(keys.Order(), keys);
        return sums.GetAsArray1D();
    }

    private static int[] Repeat(params (int Row, int Times)[] runs) => [.. runs.SelectMany(run => Enumerable.Repeat(run.Row, run.Times))];

    private static IEnumerable<int> RandomNumbers(int count)
    {
        var random = new Random(1);
        for (var place = 0; place < count; place++)
        {
            yield return random.Next(-1, Count + 1);
        }
    }
}
