using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>Puts the digits of sums of entries together (<see cref="WholeTables"/>).</summary>
internal static class PlaneSums<TSize>
    where TSize : struct, IEntrySize
{
    private const int Digit = 7;

    /// <summary>total += scale · step · Σ ± x for the 16 rows of a tile.</summary>
    /// <param name="total">Four rows in each vector.</param>
    /// <param name="all">For each digit: the sums of even rows, plus 256 times those of their neighbours, modulo 2^16.</param>
    /// <param name="odd">For each digit: the sums of odd rows.</param>
    /// <param name="scale">The scales of 16 rows.</param>
    /// <param name="step">What entries are counted in.</param>
    /// <param name="quads">How many entries were added up.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void AddTo(
        ref Four<Vector128<float>> total, in Four<Vector128<ushort>> all, in Four<Vector128<ushort>> odd, ref float scale, float step, int quads)
    {
        var steps = Vector128.Create(step);
        total.A = Vector128.MultiplyAddEstimate(Sum(all, odd, 0, quads), Vector128.LoadUnsafe(ref scale) * steps, total.A);
        total.B = Vector128.MultiplyAddEstimate(Sum(all, odd, 1, quads), Vector128.LoadUnsafe(ref scale, 4) * steps, total.B);
        total.C = Vector128.MultiplyAddEstimate(Sum(all, odd, 2, quads), Vector128.LoadUnsafe(ref scale, 8) * steps, total.C);
        total.D = Vector128.MultiplyAddEstimate(Sum(all, odd, 3, quads), Vector128.LoadUnsafe(ref scale, 12) * steps, total.D);
    }

    /// <summary>Σ ± x for four rows: the digits together, less what entries hold more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sum(in Four<Vector128<ushort>> all, in Four<Vector128<ushort>> odd, int rows, int quads)
    {
        var sum = Words(all.A, odd.A, rows);
        if (TSize.Bytes == 1)
        {
            return Vector128.ConvertToSingle(sum - Vector128.Create(quads << (Digit - 1)));
        }

        sum += Words(all.B, odd.B, rows) << Digit;
        if (TSize.Bytes == 2)
        {
            return Vector128.ConvertToSingle(sum - Vector128.Create(quads << ((2 * Digit) - 1)));
        }

        // Both halves are exact in floats: 256 quads · 2^14.
        var upper = Words(all.C, odd.C, rows) + (Words(all.D, odd.D, rows) << Digit) - Vector128.Create(quads << ((2 * Digit) - 1));
        return Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(upper), Vector128.Create((float)(1 << (2 * Digit))), Vector128.ConvertToSingle(sum));
    }

    /// <summary>The sums of one digit of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Words(Vector128<ushort> all, Vector128<ushort> odd, int rows)
    {
        var (left, right) = ((all - (odd << 8)).AsByte(), odd.AsByte());
        var pairs = rows < 2 ? Lanes128.InterleaveLow16(left, right) : Lanes128.InterleaveHigh16(left, right);
        return (rows % 2 == 0 ? Lanes128.InterleaveLow16(pairs, default) : Lanes128.InterleaveHigh16(pairs, default)).AsInt32();
    }
}
