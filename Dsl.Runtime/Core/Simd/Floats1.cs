using System.Runtime.CompilerServices;

namespace LayerDsl.Simd;

/// <summary>One number: what runs where hardware has no vectors.</summary>
internal readonly struct Floats1(float value) : IVector<Floats1>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly float value = value;

    public static int Count => 1;

    [MethodImpl(Inline)]
    public static Floats1 operator +(Floats1 left, Floats1 right) => new(left.value + right.value);

    [MethodImpl(Inline)]
    public static Floats1 operator -(Floats1 left, Floats1 right) => new(left.value - right.value);

    [MethodImpl(Inline)]
    public static Floats1 operator *(Floats1 left, Floats1 right) => new(left.value * right.value);

    [MethodImpl(Inline)]
    public static Floats1 operator /(Floats1 left, Floats1 right) => new(left.value / right.value);

    [MethodImpl(Inline)]
    public static Floats1 operator -(Floats1 x) => new(-x.value);

    [MethodImpl(Inline)]
    public static Floats1 Of(float value) => new(value);

    [MethodImpl(Inline)]
    public static Floats1 Load(ReadOnlySpan<float> row, int i) => new(row[i]);

    [MethodImpl(Inline)]
    public void Store(Span<float> row, int i) => row[i] = value;

    public float Sum() => value;

    public float Largest() => value;

    public float First() => value;

    [MethodImpl(Inline)]
    public static Floats1 KeepFirst(Floats1 x, int count, float otherwise) => count > 0 ? x : new(otherwise);

    [MethodImpl(Inline)]
    public static Floats1 MultiplyAdd(Floats1 x, Floats1 y, Floats1 z) => new(float.MultiplyAddEstimate(x.value, y.value, z.value));

    [MethodImpl(Inline)]
    public static Floats1 Abs(Floats1 x) => new(MathF.Abs(x.value));

    [MethodImpl(Inline)]
    public static Floats1 Sqrt(Floats1 x) => new(MathF.Sqrt(x.value));

    [MethodImpl(Inline)]
    public static Floats1 Round(Floats1 x) => new(MathF.Round(x.value, MidpointRounding.ToEven));

    [MethodImpl(Inline)]
    public static Floats1 Floor(Floats1 x) => new(MathF.Floor(x.value));

    [MethodImpl(Inline)]
    public static Floats1 Max(Floats1 x, Floats1 y) => new(MathF.Max(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats1 Min(Floats1 x, Floats1 y) => new(MathF.Min(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats1 AtLeast(Floats1 x, Floats1 y) => new(x.value >= y.value ? 1 : 0);

    [MethodImpl(Inline)]
    public static Floats1 Above(Floats1 x, Floats1 y) => new(x.value > y.value ? 1 : 0);

    [MethodImpl(Inline)]
    public static Floats1 IfLess(Floats1 x, Floats1 y, Floats1 then, Floats1 otherwise) => x.value < y.value ? then : otherwise;

    [MethodImpl(Inline)]
    public static Floats1 Select(Floats1 condition, Floats1 then, Floats1 otherwise) => condition.value == 0 ? otherwise : then;

    [MethodImpl(Inline)]
    public static Floats1 PowerOfTwo(Floats1 n) => new(BitConverter.Int32BitsToSingle(((int)n.value + FloatBits.Bias) << FloatBits.SignificandBits));

    [MethodImpl(Inline)]
    public static Floats1 Exponent(Floats1 x) => new(Steps(x.value));

    [MethodImpl(Inline)]
    public static Floats1 Significand(Floats1 x) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x.value) - (Steps(x.value) << FloatBits.SignificandBits)));

    private static int Steps(float x) => (BitConverter.SingleToInt32Bits(x) - FloatBits.RootHalf) >> FloatBits.SignificandBits;
}
