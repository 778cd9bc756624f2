using System.Runtime.InteropServices;
using LayerDsl.Simd;

namespace LayerDsl.Tests.Core.Simd;

/// <summary>Loops over rows at every width: ends of rows that fill no vector, reductions, threads.</summary>
public sealed unsafe class RowLoopTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 15, 1 }, { 1, 16, 1 }, { 1, 17, 1 }, { 3, 7, 1 }, { 5, 33, 2 }, { 64, 1023, 2 }, { 4099, 9, 3 }, { 2, 70001, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_width_maps_and_reduces_rows(int rows, int columns, int threads)
    {
        Check<Floats1>(rows, columns, threads);
        Check<Floats4>(rows, columns, threads);
        Check<Floats8>(rows, columns, threads);
        Check<Floats16>(rows, columns, threads);
    }

    [Fact]
    public void A_maximum_is_NaN_where_a_number_is()
    {
        float[] numbers = [1, float.NaN, 2, 3];
        Assert.Equal(float.NaN, Largest<Floats1>(numbers));
        Assert.Equal(float.NaN, Largest<Floats4>(numbers));
        Assert.Equal(float.NaN, Largest<Floats8>(numbers));
        Assert.Equal(float.NaN, Largest<Floats16>(numbers));
    }

    /// <summary>The pairwise sum of a million times 0.1 is off by less than a plain loop in float32, which has no correct digit after the fourth.</summary>
    [Fact]
    public void A_long_row_is_summed_in_blocks()
    {
        var numbers = new float[1 << 20];
        Array.Fill(numbers, 0.1f);
        var sum = new RowSum<Floats1>();
        for (var i = 0; i < numbers.Length; i++)
        {
            sum.Add(Floats1.Load(numbers, i), numbers.Length - i);
        }

        Assert.InRange(sum.Value.First() / (numbers.Length * (double)0.1f), 1 - 1e-4, 1 + 1e-4);
    }

    [Fact]
    public void Rows_that_there_are_not_are_refused()
    {
        var memory = stackalloc float[6];
        var rows = new FloatRows((nint)memory, 2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[2].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[-1].Length);
    }

    private static float Largest<V>(float[] numbers)
        where V : struct, IVector<V>
    {
        var largest = new RowMax<V>();
        for (var i = 0; i < numbers.Length; i += V.Count)
        {
            largest.Add(V.Load(numbers, i), numbers.Length - i);
        }

        return largest.Value.First();
    }

    private static void Check<V>(int rows, int columns, int threads)
        where V : struct, IVector<V>
    {
        var count = rows * columns;
        var random = new Random(count);
        var x = (float*)NativeMemory.Alloc((nuint)(count + 1), sizeof(float)) + 1; // not aligned
        var y = (float*)NativeMemory.Alloc((nuint)(count + 2), sizeof(float)) + 1;
        var sums = stackalloc float[2 * rows];
        try
        {
            for (var k = 0; k < count; k++)
            {
                x[k] = (float)(random.NextDouble() - 0.5);
            }

            y[-1] = y[count] = 42;
            RowLoop.Run<Kernel, V>(new Kernel(new((nint)x, rows, columns), new((nint)y, rows, columns), new((nint)sums, rows, 2)), rows, columns, threads);
            Assert.Equal((42f, 42f), (y[-1], y[count]));
            for (var row = 0; row < rows; row++)
            {
                var numbers = new ReadOnlySpan<float>(x + (row * columns), columns).ToArray();
                Assert.Equal(numbers.Max(), sums[2 * row]);
                Assert.Equal(numbers.Sum(number => (double)number), sums[(2 * row) + 1], 1e-6 * columns);
                for (var k = 0; k < columns; k++)
                {
                    Assert.Equal(Math.Exp(numbers[k]), y[(row * columns) + k], 3e-7);
                }
            }
        }
        finally
        {
            NativeMemory.Free(x - 1);
            NativeMemory.Free(y - 1);
        }
    }

    private readonly struct Kernel(FloatRows x, FloatRows y, FloatRows sums) : IRowKernel
    {
        public void Run<V>(int first, int end)
            where V : struct, IVector<V>
        {
            for (var row = first; row < end; row++)
            {
                var xRow = x[row];
                var yRow = y[row];
                var (largest, sum) = (new RowMax<V>(), new RowSum<V>());
                for (var i = 0; i < xRow.Length; i += V.Count)
                {
                    var number = V.Load(xRow, i);
                    largest.Add(number, xRow.Length - i);
                    sum.Add(number, xRow.Length - i);
                    VectorMath.Exp(number).Store(yRow, i);
                }

                (sums[row][0], sums[row][1]) = (largest.Value.First(), sum.Value.First());
            }
        }
    }
}
