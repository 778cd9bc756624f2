using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu;

/// <summary>
/// Rows that a table of indices names, on a device, and the gradient, which adds rows up: the places of the table are sorted by the row that they name, in O(places · log² places), and their
/// rows added in that order, in O(places · width). The same values give the same bits.
/// </summary>
public sealed class TrainedTable
{
    private readonly DeviceTrainer trainer;
    private readonly string name;
    private readonly int count;
    private readonly RowValues keys;
    private readonly RowValues parts;
    private ArrayView<float> last = ArrayView<float>.Empty;

    internal TrainedTable(DeviceTrainer trainer, string name, int count) =>
        (this.trainer, this.name, this.count, keys, parts) = (trainer, name, count, trainer.NewRowBuffer(), trainer.NewRowBuffer());

    private AcceleratorStream Stream => trainer.Stream;

    private Accelerator Accelerator => trainer.Accelerator;

    /// <summary>Enqueues the rows of a source that a table names. What names no row is noted: the trainer throws it before it returns a result or changes a parameter.</summary>
    /// <param name="table">Whole numbers, as floats.</param>
    /// <param name="source">(count, width).</param>
    /// <param name="rows">(numbers, width).</param>
    public void Read(ArrayView<float> table, ArrayView<float> source, ArrayView<float> rows)
    {
        last = table;
        var read = trainer.Kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, Divisor, ArrayView<int>>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, Divisor, ArrayView<int>>>(
            TableKernels.Read, Accelerator.LoadAutoGroupedKernel);
        read(Stream, (int)rows.Length, table, source, rows, count, new Divisor((int)source.Length / count), trainer.Noted);
    }

    /// <summary>Enqueues the gradient of <see cref="Read"/>: each row of the result is the sum of those whose number names it.</summary>
    /// <param name="table">Whole numbers, as floats.</param>
    /// <param name="rows">(numbers, width).</param>
    /// <param name="sums">(count, width).</param>
    /// <param name="padding">A row that stays zero; -1 for none.</param>
    public void Sum(ArrayView<float> table, ArrayView<float> rows, ArrayView<float> sums, int padding = -1)
    {
        var places = (int)table.Length;
        var sorted = Sorted(table, places, padding);
        var width = new Divisor((int)sums.Length / count);
        var values = checked(((places + TableKernels.Chunk - 1) / TableKernels.Chunk) * width.Value);
        var shape = new RowSumShape(places, count, width, values);
        var open = parts.View(checked(2 * values));
        sums.MemSetToZero(Stream);
        var sum = trainer.Kernels.Get<Action<Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, ArrayView<float>, RowSumShape>, Action<AcceleratorStream, Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, ArrayView<float>, RowSumShape>>(
            TableKernels.SumChunks, Accelerator.LoadAutoGroupedKernel);
        sum(Stream, values, sorted, rows, sums, open, shape);
        if (places > TableKernels.Chunk)
        {
            var join = trainer.Kernels.Get<Action<Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, RowSumShape>, Action<AcceleratorStream, Index1D, ArrayView<long>, ArrayView<float>, ArrayView<float>, RowSumShape>>(
                TableKernels.JoinChunks, Accelerator.LoadAutoGroupedKernel);
            join(Stream, values, sorted, open, sums, shape);
        }
    }

    /// <summary>A new pass has read nothing yet, and the memory of the last may be gone.</summary>
    internal void Begin() => last = ArrayView<float>.Empty;

    /// <summary>What the last pass read and names no row; null where all do.</summary>
    internal IndexOutOfTableException? Error()
    {
        if (last.Length == 0)
        {
            return null;
        }

        var numbers = new float[last.Length];
        last.CopyToCPU(Stream, numbers);
        Stream.Synchronize();
        return Error(numbers, name, count);
    }

    /// <summary>The first number that names no row.</summary>
    internal static IndexOutOfTableException? Error(ReadOnlySpan<float> numbers, string name, int count)
    {
        for (var place = 0; place < numbers.Length; place++)
        {
            var number = numbers[place];
            if (!(number >= 0 && number < count && number == MathF.Floor(number)))
            {
                return new IndexOutOfTableException(name, place, number, count);
            }
        }

        return null;
    }

    private ArrayView<long> Sorted(ArrayView<float> table, int places, int padding)
    {
        const int Floats = sizeof(long) / sizeof(float);
        var both = keys.View(checked(2 * Floats * places)).Cast<long>();
        var (from, to) = (both.SubView(0, places), both.SubView(places, places));
        var threads = trainer.Kernels.ThreadsFor(places, DeviceReduce.MostThreads);
        var sort = trainer.Kernels.Get<Action<ArrayView<float>, ArrayView<long>, int, int>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<long>, int, int>>(
            TableKernels.SortBlocks, Accelerator.LoadKernel);
        sort(Stream, new KernelConfig((places + threads - 1) / threads, threads), table, from, count, padding);
        var merge = trainer.Kernels.Get<Action<Index1D, ArrayView<long>, ArrayView<long>, int>, Action<AcceleratorStream, Index1D, ArrayView<long>, ArrayView<long>, int>>(
            TableKernels.Merge, Accelerator.LoadAutoGroupedKernel);
        for (var length = (long)threads; length < places; length *= 2)
        {
            merge(Stream, places, from, to, (int)length);
            (from, to) = (to, from);
        }

        return from;
    }
}
