namespace LayerDsl.Ilgpu.Kernels;

/// <summary>
/// Division by a number that the host knows, as a multiplication and a shift: GPUs have no integer division, and the compiler of kernels may move one into a loop. Exact for all
/// numbers from 0 to 2³¹ − 1: Granlund and Montgomery, Division by Invariant Integers using Multiplication, 1994, theorem 4.2.
/// </summary>
internal readonly struct Divisor
{
    private const int Bits = 31;

    private readonly ulong multiplier;
    private readonly int shift;

    /// <summary>Prepares divisions.</summary>
    /// <param name="value">The divisor; at least 1.</param>
    public Divisor(int value)
    {
        Value = value;
        shift = Bits + (value <= 1 ? 0 : 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)(value - 1)));
        multiplier = ((1UL << shift) + (ulong)value - 1) / (ulong)value;
    }

    /// <summary>The divisor.</summary>
    public int Value { get; }

    /// <summary>The quotient, rounded down.</summary>
    /// <param name="number">Not negative.</param>
    public int Into(int number) => (int)(((ulong)number * multiplier) >> shift);
}
