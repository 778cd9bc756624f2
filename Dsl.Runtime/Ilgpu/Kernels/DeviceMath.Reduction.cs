using System.Runtime.CompilerServices;
using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <content>What is left of an angle beside its quarter turns.</content>
public static partial class DeviceMath
{
    // π/2 in three parts, of which the first two have few digits: their products with whole numbers up to 2¹³ are exact.
    private const float HalfPiHigh = 1.5703125f;
    private const float HalfPiMiddle = 4.837512969970703125e-4f;
    private const float HalfPiLow = 7.549789948768648e-8f;
    private const float TwoOverPi = 0.63661977f;

    /// <summary>Up to here the whole numbers of the short way are below 2¹³.</summary>
    private const float ShortWay = 8192f;

    /// <summary>How many quarter turns, modulo 4, and what is left, from −π/4 to π/4 but for rounding; NaN of what is not finite.</summary>
    private static QuarterTurns Reduce(float x)
    {
        if (!(x < ShortWay && x > -ShortWay))
        {
            return ReduceLarge(x);
        }

        var n = Round(x * TwoOverPi);
        return new QuarterTurns((int)n & 3, x - (n * HalfPiHigh) - (n * HalfPiMiddle) - (n * HalfPiLow));
    }

    /// <summary>
    /// Payne and Hanek, Radian reduction for trigonometric functions, 1983: x · 2/π without the digits of 2/π that make whole turns of it. With x = m · 2ᵉ and m of 24 digits,
    /// 64 digits are taken from the first on that makes less than a whole turn; 38 behind the point are right.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static QuarterTurns ReduceLarge(float x)
    {
        const float QuarterTurn = 1.57079633f / 18446744073709551616f; // π/2 · 2⁻⁶⁴
        var bits = Interop.FloatAsInt(x);
        var exponent = (int)((bits >> 23) & 0xFF);
        if (exponent == 0xFF)
        {
            return new QuarterTurns(0, float.NaN);
        }

        var start = exponent - 150 - 2 + 32; // of the first digit: 32 zeros stand before those of 2/π
        var (word, shift) = (start >> 5, start & 31);
        var digits = ((ulong)DigitsOfTwoOverPi(word) << 32) | DigitsOfTwoOverPi(word + 1);
        digits = shift == 0 ? digits : (digits << shift) | (DigitsOfTwoOverPi(word + 2) >> (32 - shift));
        var turns = ((bits & 0x007FFFFF) | 0x00800000) * digits; // in units of 2⁻⁶² quarter turns; what overflows is whole turns
        var rest = (long)(turns << 2); // half a quarter turn and more counts from the next one back
        var quadrant = (int)(turns >> 62) + (rest < 0 ? 1 : 0);
        var left = rest * QuarterTurn;
        return x < 0 ? new QuarterTurns(-quadrant & 3, -left) : new QuarterTurns(quadrant & 3, left);
    }

    /// <summary>32 binary digits of 2/π, after 32 zeros.</summary>
    private static uint DigitsOfTwoOverPi(int word) => word switch
    {
        0 => 0,
        1 => 0xA2F9836E,
        2 => 0x4E441529,
        3 => 0xFC2757D1,
        4 => 0xF534DDC0,
        5 => 0xDB629599,
        _ => 0x3C439041,
    };

    /// <summary>An angle in parts.</summary>
    /// <param name="Count">Quarter turns, 0 to 3.</param>
    /// <param name="Rest">What is left, in radians.</param>
    private readonly record struct QuarterTurns(int Count, float Rest);
}
