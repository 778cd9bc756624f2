using System.Runtime.InteropServices;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>
/// Eight neighbouring values of a row, in registers: the unit in which every product walks along its inputs. Eight codes of 4 bits are one 32-bit word, eight
/// floats two vector loads.
/// </summary>
/// <param name="low">Values 0 to 3.</param>
/// <param name="high">Values 4 to 7.</param>
[StructLayout(LayoutKind.Sequential)]
internal struct Octet(Float4 low, Float4 high)
{
    /// <summary>How many values there are.</summary>
    public const int Count = 8;

    /// <summary>Values 0 to 3.</summary>
    public Float4 Low = low;

    /// <summary>Values 4 to 7.</summary>
    public Float4 High = high;

    /// <summary>Eight zeros.</summary>
    public static Octet Zero => new(new Float4(0, 0, 0, 0), new Float4(0, 0, 0, 0));

    /// <summary>sum + Σ a · b.</summary>
    public static float MultiplyAdd(Octet a, Octet b, float sum)
    {
        sum += a.Low.X * b.Low.X;
        sum += a.Low.Y * b.Low.Y;
        sum += a.Low.Z * b.Low.Z;
        sum += a.Low.W * b.Low.W;
        sum += a.High.X * b.High.X;
        sum += a.High.Y * b.High.Y;
        sum += a.High.Z * b.High.Z;
        return sum + (a.High.W * b.High.W);
    }
}
