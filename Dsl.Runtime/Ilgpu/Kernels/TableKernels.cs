using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>How rows that a table names are added up.</summary>
/// <param name="Places">Numbers in the table.</param>
/// <param name="Count">Rows of the result.</param>
/// <param name="Width">Values of a row.</param>
/// <param name="Parts">Values of the sums of all chunks.</param>
internal readonly record struct RowSumShape(int Places, int Count, Divisor Width, int Parts);

/// <summary>
/// Rows that a table of indices names, and their sums, which are the gradient. The places of the table are sorted by the row that they name, and by their place where that is the same;
/// then the places of a row lie together, and are added in that order whatever threads run first. No number is added atomically.
/// </summary>
internal static class TableKernels
{
    /// <summary>Sorted places that a thread walks over.</summary>
    public const int Chunk = 32;

    private const int RowBits = 32;

    /// <summary>The rows that whole numbers name: a thread for each value. A number without a row is noted, and reads the first.</summary>
    /// <param name="i">The value.</param>
    /// <param name="table">The numbers, as floats.</param>
    /// <param name="source">(count, width).</param>
    /// <param name="rows">(numbers, width).</param>
    /// <param name="count">Rows of the source.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="noted">Set to 1 where a number has no row; else untouched.</param>
    public static void Read(Index1D i, ArrayView<float> table, ArrayView<float> source, ArrayView<float> rows, int count, Divisor width, ArrayView<int> noted)
    {
        var place = width.Into(i);
        var row = RowOf(table[place], count);
        if (row == count)
        {
            noted[0] = 1;
            row = 0;
        }

        rows[i] = source[(row * width.Value) + i - (place * width.Value)];
    }

    /// <summary>The places of a table in blocks of a group's threads, each block sorted: a key has the row in its upper half and the place in its lower one.</summary>
    /// <param name="table">The numbers, as floats.</param>
    /// <param name="keys">As many keys; those of numbers without a row and of the padding row are the last.</param>
    /// <param name="count">Rows of the result.</param>
    /// <param name="padding">A row that stays zero; -1 for none.</param>
    public static void SortBlocks(ArrayView<float> table, ArrayView<long> keys, int count, int padding)
    {
        var block = SharedMemory.Allocate<long>(DeviceReduce.MostThreads);
        var start = Grid.IdxX * Group.DimX;
        var place = start + Group.IdxX;
        var key = long.MaxValue;
        if (place < (int)table.Length)
        {
            var row = RowOf(table[place], count);
            key = ((long)(row == padding ? count : row) << RowBits) | (uint)place;
        }

        block[Group.IdxX] = key;
        Group.Barrier();
        var rank = 0;
        for (var other = 0; other < Group.DimX; other++)
        {
            rank += block[other] < key ? 1 : 0;
        }

        if (place < (int)table.Length)
        {
            keys[start + rank] = key;
        }
    }

    /// <summary>Merges neighbouring sorted runs: a thread for each key, which looks for its place in the other run. All keys differ.</summary>
    /// <param name="i">The key.</param>
    /// <param name="from">Sorted runs.</param>
    /// <param name="to">Sorted runs of twice the length.</param>
    /// <param name="length">Keys of a run, a power of two.</param>
    public static void Merge(Index1D i, ArrayView<long> from, ArrayView<long> to, int length)
    {
        var key = from[i];
        var start = i & ~(length - 1);
        var other = start ^ length;
        var low = other;
        var high = Math.Min(other + length, (int)from.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (from[middle] < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        to[Math.Min(start, other) + (i - start) + (low - other)] = key;
    }

    /// <summary>Sums over chunks of sorted places: a thread for each column of a chunk. What begins and ends within it is stored, what goes over an end is a part.</summary>
    /// <param name="i">The chunk and the column.</param>
    /// <param name="keys">The sorted places.</param>
    /// <param name="rows">(places, width).</param>
    /// <param name="sums">(count, width): zeros before.</param>
    /// <param name="parts">(2, chunks, width): the sums of rows that come in from the chunk before, and of those that begin here and go on.</param>
    /// <param name="shape">The sizes.</param>
    public static void SumChunks(Index1D i, ArrayView<long> keys, ArrayView<float> rows, ArrayView<float> sums, ArrayView<float> parts, RowSumShape shape)
    {
        var chunk = shape.Width.Into(i);
        var (width, column) = (shape.Width.Value, i - (chunk * shape.Width.Value));
        var first = chunk * Chunk;
        var end = Math.Min(first + Chunk, shape.Places);
        var key = keys[first];
        var isBegun = first == 0 || RowOf(keys[first - 1]) != RowOf(key);
        var isOpen = false;
        var sum = 0f;
        for (var place = first; place < end; place++)
        {
            var row = RowOf(key);
            sum += rows[((int)key * width) + column];
            key = place + 1 < shape.Places ? keys[place + 1] : long.MaxValue;
            isOpen = RowOf(key) == row;
            if (!isOpen)
            {
                if (!isBegun)
                {
                    parts[i] = sum;
                }
                else if (row < shape.Count)
                {
                    sums[(row * width) + column] = sum;
                }

                (sum, isBegun) = (0f, true);
            }
        }

        if (isOpen)
        {
            parts[isBegun ? shape.Parts + i : i] = sum;
        }
    }

    /// <summary>Joins the parts of rows that go over the ends of chunks, from the chunk where a row begins: a thread for each column of a chunk.</summary>
    /// <param name="i">The chunk and the column.</param>
    /// <param name="keys">The sorted places.</param>
    /// <param name="parts">(2, chunks, width), as <see cref="SumChunks"/> leaves them.</param>
    /// <param name="sums">(count, width).</param>
    /// <param name="shape">The sizes.</param>
    public static void JoinChunks(Index1D i, ArrayView<long> keys, ArrayView<float> parts, ArrayView<float> sums, RowSumShape shape)
    {
        var chunk = shape.Width.Into(i);
        var (width, column) = (shape.Width.Value, i - (chunk * shape.Width.Value));
        var first = chunk * Chunk;
        var end = first + Chunk;
        if (end >= shape.Places)
        {
            return;
        }

        var row = RowOf(keys[end - 1]);
        var comesIn = first > 0 && RowOf(keys[first - 1]) == row;
        if (row >= shape.Count || RowOf(keys[end]) != row || comesIn)
        {
            return;
        }

        var sum = parts[shape.Parts + i];
        var at = (int)i;
        var goesOn = true;
        while (goesOn)
        {
            at += width;
            end += Chunk;
            sum += parts[at];
            goesOn = end < shape.Places && RowOf(keys[end]) == row;
        }

        sums[(row * width) + column] = sum;
    }

    /// <summary>A copy, unless a number had no row.</summary>
    /// <param name="i">The value.</param>
    /// <param name="from">From where.</param>
    /// <param name="to">To where.</param>
    /// <param name="noted">0, or 1 where a number had no row.</param>
    public static void CopyUnlessNoted(Index1D i, ArrayView<float> from, ArrayView<float> to, ArrayView<int> noted)
    {
        if (noted[0] == 0)
        {
            to[i] = from[i];
        }
    }

    private static int RowOf(long key) => (int)(key >> RowBits);

    /// <summary>The row that a number names; the number of rows where it names none.</summary>
    private static int RowOf(float number, int count) => number >= 0 && number < count && number == MathF.Floor(number) ? (int)number : count;
}
