using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// Products with compressed rows in one vector width, for columns of either size. Samples go by as many as two vectors hold, side by side, so that one
/// number of the matrix meets all of them; a few that are left go one by one. Columns were checked to lie inside a row of x when the matrix was made, and are not
/// checked again.
/// </summary>
internal readonly unsafe ref struct SparseKernel<TSimd, TVector, TColumn> : IWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TColumn : unmanaged, IBinaryInteger<TColumn>
{
    /// <summary>Multiplications below which a part is not worth its hand-over to another thread.</summary>
    private const long LeastProducts = 16 * 1024;

    /// <summary>Samples from which on a block pays that is not full.</summary>
    private const int LeastLanes = 3;

    private readonly ReadOnlySpan<float> values;
    private readonly ReadOnlySpan<TColumn> columns;
    private readonly ReadOnlySpan<int> starts;
    private readonly int width;
    private readonly int batch;

    public SparseKernel(ReadOnlySpan<float> values, ReadOnlySpan<TColumn> columns, ReadOnlySpan<int> starts, int width, int batch)
    {
        this.values = values;
        this.columns = columns;
        this.starts = starts;
        this.width = width;
        this.batch = batch;
        var blocks = batch / Lanes;
        Blocks = batch - (blocks * Lanes) >= LeastLanes ? blocks + 1 : blocks;
        var products = Math.Max(1, (long)values.Length * batch / Rows);
        Parts = WorkerTeam.Shared.Parts(Rows, (int)Math.Clamp(LeastProducts / products, 1, int.MaxValue));
    }

    public ReadOnlySpan<float> X { get; init; }

    /// <summary>Room for whole blocks of samples, <see cref="InterleavedLength"/>.</summary>
    public Span<float> Interleaved { get; init; }

    public Span<float> Y { get; init; }

    public ReadOnlySpan<float> Bias { get; init; }

    public Epilogue Epilogue { get; init; }

    public int Parts { get; }

    public int InterleavedLength => checked(Blocks * Lanes * width);

    private static int Lanes => 2 * TSimd.Count;

    private int Blocks { get; }

    private int Rows => starts.Length - 1;

    /// <summary>Puts the samples of a block side by side; what a block has too many is zero.</summary>
    public void Interleave()
    {
        for (var block = 0; block < Blocks; block++)
        {
            var target = Interleaved.Slice(block * Lanes * width, Lanes * width);
            var count = Math.Min(Lanes, batch - (block * Lanes));
            if (count < Lanes)
            {
                target.Clear();
            }

            for (var lane = 0; lane < count; lane++)
            {
                TileRows.Spread(X.Slice(((block * Lanes) + lane) * width, width), target[lane..], Lanes);
            }
        }
    }

    public void Run(int part)
    {
        var (first, last) = ((int)((long)Rows * part / Parts), (int)((long)Rows * (part + 1) / Parts));
        fixed (float* numbers = values, x = X, lanes = Interleaved)
        fixed (TColumn* places = columns)
        {
            for (var block = 0; block < Blocks; block++)
            {
                Block(numbers, places, lanes + ((nint)block * Lanes * width), first, last, block * Lanes);
            }

            for (var sample = Blocks * Lanes; sample < batch; sample++)
            {
                for (var row = first; row < last; row++)
                {
                    Y[(sample * Rows) + row] = Dot(numbers + starts[row], places + starts[row], starts[row + 1] - starts[row], x + ((nint)sample * width));
                }
            }
        }

        for (var sample = 0; sample < batch; sample++)
        {
            Finish((sample * Rows) + first, first, last - first);
        }
    }

    private void Finish(int start, int row, int length)
    {
        var done = Y.Slice(start, length);
        if (!Bias.IsEmpty)
        {
            TensorPrimitives.Add(done, Bias.Slice(row, length), done);
        }

        Epilogue.Slice(start, length).Finish(done);
    }

    private void Block(float* numbers, TColumn* places, float* x, int first, int last, int sample)
    {
        var count = Math.Min(Lanes, batch - sample);
        var sums = stackalloc float[Lanes];
        for (var row = first; row < last; row++)
        {
            DotLanes(numbers + starts[row], places + starts[row], starts[row + 1] - starts[row], x, sums);
            for (var (lane, target) = (0, (sample * Rows) + row); lane < count; lane++, target += Rows)
            {
                Y[target] = sums[lane];
            }
        }
    }

    /// <summary>Two numbers at a time: the sums of one alone would wait for each other.</summary>
    private static void DotLanes(float* numbers, TColumn* places, int count, float* x, float* sums)
    {
        TVector l0 = default, r0 = default, l1 = default, r1 = default;
        var k = 0;
        for (; k + 2 <= count; k += 2)
        {
            var (factor, other) = (TSimd.Broadcast(numbers[k]), TSimd.Broadcast(numbers[k + 1]));
            var at = x + ((nint)Place(places[k]) * Lanes);
            l0 = TSimd.MultiplyAdd(factor, TSimd.Load(at), l0);
            r0 = TSimd.MultiplyAdd(factor, TSimd.Load(at + TSimd.Count), r0);
            at = x + ((nint)Place(places[k + 1]) * Lanes);
            l1 = TSimd.MultiplyAdd(other, TSimd.Load(at), l1);
            r1 = TSimd.MultiplyAdd(other, TSimd.Load(at + TSimd.Count), r1);
        }

        if (k < count)
        {
            var factor = TSimd.Broadcast(numbers[k]);
            var at = x + ((nint)Place(places[k]) * Lanes);
            l0 = TSimd.MultiplyAdd(factor, TSimd.Load(at), l0);
            r0 = TSimd.MultiplyAdd(factor, TSimd.Load(at + TSimd.Count), r0);
        }

        TSimd.Store(sums, TSimd.Add(l0, l1));
        TSimd.Store(sums + TSimd.Count, TSimd.Add(r0, r1));
    }

    /// <summary>One sample: four values of x are put into a vector by loads and inserts, which takes less than a gather or four scalar products.</summary>
    private static float Dot(float* numbers, TColumn* places, int count, float* x)
    {
        var (a, b) = (Vector128<float>.Zero, Vector128<float>.Zero);
        var k = 0;
        for (; k + 8 <= count; k += 8)
        {
            a = Vector128.MultiplyAddEstimate(Vector128.Load(numbers + k), Four(places + k, x), a);
            b = Vector128.MultiplyAddEstimate(Vector128.Load(numbers + k + 4), Four(places + k + 4, x), b);
        }

        var sum = Vector128.Sum(a + b);
        for (; k < count; k++)
        {
            sum += numbers[k] * x[Place(places[k])];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(TColumn* places, float* x)
    {
        if (sizeof(TColumn) == sizeof(ushort))
        {
            // One load for four columns.
            var packed = *(ulong*)places;
            return Vector128.Create(x[(ushort)packed], x[(ushort)(packed >> 16)], x[(ushort)(packed >> 32)], x[packed >> 48]);
        }

        return Vector128.Create(x[Place(places[0])], x[Place(places[1])], x[Place(places[2])], x[Place(places[3])]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(TColumn column) => int.CreateTruncating(column);
}
