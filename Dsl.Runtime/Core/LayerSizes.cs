using System.Globalization;
using System.Numerics;

namespace LayerDsl;

/// <summary>The constraints between sizes that a layer's constructor takes: what the compiler checks of numbers, generated constructors check here.</summary>
public static class LayerSizes
{
    /// <summary>The largest table: folded models take indices as 32-bit floats, which are whole numbers up to here.</summary>
    private const int LargestTable = 1 << 24;

    /// <summary>A size that is from 1 to 2³¹ − 1.</summary>
    /// <param name="layer">The layer's name.</param>
    /// <param name="size">The parameter's name.</param>
    /// <param name="value">What the constructor was given.</param>
    /// <exception cref="LayerSizeException">The value is out of range.</exception>
    public static int AtLeastOne(string layer, string size, long value) => value is >= 1 and <= int.MaxValue
        ? (int)value
        : throw new LayerSizeException(layer, size, value, value < 1 ? "at least 1" : "at most 2147483647");

    /// <summary>A factor of a product that no size overflows.</summary>
    /// <param name="factor">A size or a number.</param>
    public static BigInteger Exact(long factor) => factor;

    /// <summary>A number of values that follows from sizes: at most 2³¹ − 1, as many as one .NET array holds.</summary>
    /// <param name="layer">The layer or model.</param>
    /// <param name="size">The number as a formula, or in words.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="LayerSizeException">It is larger.</exception>
    public static int Total(string layer, string size, BigInteger value) => value <= int.MaxValue
        ? (int)BigInteger.Max(value, int.MinValue)
        : throw new LayerSizeException(layer, size, value, "at most 2147483647");

    /// <summary>What a certificate counts in sizes, in 64 bits.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="count">What is counted.</param>
    /// <param name="value">How many there are.</param>
    /// <exception cref="LayerSizeException">More than 2⁶³ − 1.</exception>
    public static long Count(string layer, string count, BigInteger value) => value <= long.MaxValue
        ? (long)value
        : throw new LayerSizeException(layer, count, value, "at most 9223372036854775807");

    /// <summary>A weight of so many rows and columns fits into one .NET array.</summary>
    /// <exception cref="LayerSizeException">It does not, or has none.</exception>
    public static void Fits(string layer, long rows, long columns)
    {
        if (rows < 1 || columns < 1)
        {
            throw new LayerSizeException(layer, rows < 1 ? "the number of rows of the weight" : "the number of columns of the weight", Math.Min(rows, columns), "at least 1");
        }

        if (columns > int.MaxValue / rows)
        {
            throw new LayerSizeException(layer, string.Create(CultureInfo.InvariantCulture, $"the number of columns of the weight of {rows} × {columns}"), columns, string.Create(CultureInfo.InvariantCulture, $"at most {int.MaxValue / rows}, the values of a .NET array by rows; split the layer"));
        }
    }

    /// <summary>A rank is at most the smaller side of the weight.</summary>
    /// <exception cref="LayerSizeException">It is larger.</exception>
    public static void RankFits(string layer, int rank, long inputs, long outputs)
    {
        if (rank > Math.Min(inputs, outputs))
        {
            throw new LayerSizeException(layer, "the rank of [LowRank]", rank, string.Create(CultureInfo.InvariantCulture, $"at most {Math.Min(inputs, outputs)}, the smaller side of the weight"));
        }
    }

    /// <summary>A size is divided without rest.</summary>
    /// <exception cref="LayerSizeException">A rest is left.</exception>
    public static void IsMultiple(string layer, string size, long value, long of, string what)
    {
        if (of < 1 || value % of != 0)
        {
            throw new LayerSizeException(layer, size, value, string.Create(CultureInfo.InvariantCulture, $"a multiple of {of}, {what}"));
        }
    }

    /// <summary>A size divides another without rest.</summary>
    /// <exception cref="LayerSizeException">A rest is left.</exception>
    public static void Divides(string layer, string size, long value, long dividend, string what)
    {
        if (value < 1 || dividend % value != 0)
        {
            throw new LayerSizeException(layer, size, value, string.Create(CultureInfo.InvariantCulture, $"a divisor of {dividend}, {what}"));
        }
    }

    /// <summary>The rows of a batch from which merging terms of low rank into the weight takes no more operations than applying them as branches.</summary>
    /// <param name="mergedFlops">The operations that merging adds to a forward and a backward pass, whatever the batch.</param>
    /// <param name="branchFlops">The operations of the branches for one row of the batch; at least 1.</param>
    public static long RowsToMerge(long mergedFlops, long branchFlops) => (mergedFlops + branchFlops - 1) / branchFlops;

    /// <summary>The ones in a mask of so many places at a sparsity; at least one.</summary>
    /// <param name="sparsity">The share of zeros, from 0 to less than 1.</param>
    /// <param name="places">The places of the mask.</param>
    public static long MaskOnes(double sparsity, long places) => Math.Max(1, (long)Math.Round((1 - sparsity) * places));

    /// <summary>The bytes of compressed rows: a value of 4 and a column of 2 or 4 bytes for each number, and 4 for where each row starts; more than 2⁶³ − 1 count as that.</summary>
    /// <param name="numbers">The numbers that are stored.</param>
    /// <param name="rows">The rows of the weight.</param>
    /// <param name="columns">Its columns.</param>
    public static long SparseBytes(long numbers, long rows, long columns) => (long)BigInteger.Min(
        long.MaxValue, (Exact(numbers) * (sizeof(float) + (columns <= 1 << 16 ? sizeof(ushort) : sizeof(int)))) + (sizeof(int) * (Exact(rows) + 1)));

    /// <summary>Two sizes that meet in <c>forward</c> are the same.</summary>
    /// <param name="layer">The layer, or the operation, where they meet.</param>
    /// <param name="size">The size that it asks for, over the constructor's parameters.</param>
    /// <param name="value">Its value.</param>
    /// <param name="other">The size that forward passes to it, over the constructor's parameters.</param>
    /// <param name="expected">Its value.</param>
    /// <exception cref="LayerSizeException">They are not.</exception>
    public static void Agree(string layer, string size, BigInteger value, string other, BigInteger expected)
    {
        if (value != expected)
        {
            var passed = IsNumber(other) ? "the size that forward passes to it" : $"the size '{other}' that forward passes to it";
            throw new LayerSizeException(layer, IsNumber(size) ? "the size that it takes" : size, value, string.Create(CultureInfo.InvariantCulture, $"{expected}, {passed}"));
        }
    }

    private static bool IsNumber(string size) => size.All(char.IsAsciiDigit);

    /// <summary>A table has at most 2²⁴ rows, one of which is that of the padding index where there is one.</summary>
    /// <exception cref="LayerSizeException">It has too many, or too few.</exception>
    public static void IsTable(string layer, long count, int paddingIndex)
    {
        if (count > LargestTable || count <= paddingIndex)
        {
            throw new LayerSizeException(layer, "the number of vectors", count, count > LargestTable ? "at most 16777216, because folded models take indices as 32-bit floats" : string.Create(CultureInfo.InvariantCulture, $"larger than the padding index, {paddingIndex}"));
        }
    }

    /// <summary>A table of indices names at most 2²⁴ rows.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="table">The buffer that holds the indices.</param>
    /// <param name="rows">How many rows there are to look up.</param>
    /// <exception cref="LayerSizeException">There are more.</exception>
    public static void HasIndices(string layer, string table, BigInteger rows)
    {
        if (rows > LargestTable)
        {
            throw new LayerSizeException(layer, $"the number of rows that '{table}' names", rows, "at most 16777216, because indices are 32-bit floats");
        }
    }
}
