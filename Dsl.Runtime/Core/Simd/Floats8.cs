using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl.Simd;

/// <summary>8 numbers in a vector of 256 bits.</summary>
internal readonly struct Floats8(Vector256<float> value) : IVector<Floats8>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector256<float> value = value;

    public static int Count => Vector256<float>.Count;

    private static Vector256<float> One => Vector256.Create(1f);

    [MethodImpl(Inline)]
    public static Floats8 operator +(Floats8 left, Floats8 right) => new(left.value + right.value);

    [MethodImpl(Inline)]
    public static Floats8 operator -(Floats8 left, Floats8 right) => new(left.value - right.value);

    [MethodImpl(Inline)]
    public static Floats8 operator *(Floats8 left, Floats8 right) => new(left.value * right.value);

    [MethodImpl(Inline)]
    public static Floats8 operator /(Floats8 left, Floats8 right) => new(left.value / right.value);

    [MethodImpl(Inline)]
    public static Floats8 operator -(Floats8 x) => new(-x.value);

    [MethodImpl(Inline)]
    public static Floats8 Of(float value) => new(Vector256.Create(value));

    [MethodImpl(Inline)]
    public static Floats8 Load(ReadOnlySpan<float> row, int i) => row.Length - i >= Count
        ? new(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)(uint)i))
        : LoadRest(row[i..]);

    [MethodImpl(Inline)]
    public void Store(Span<float> row, int i)
    {
        if (row.Length - i >= Count)
        {
            value.StoreUnsafe(ref MemoryMarshal.GetReference(row), (nuint)(uint)i);
        }
        else
        {
            StoreRest(row[i..], value);
        }
    }

    public float Sum() => Vector256.Sum(value);

    public float Largest() => new Floats4(Vector128.Max(value.GetLower(), value.GetUpper())).Largest();

    public float First() => value.ToScalar();

    [MethodImpl(Inline)]
    public static Floats8 KeepFirst(Floats8 x, int count, float otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(Vector256<float>.Indices, Vector256.Create((float)count)), x.value, Vector256.Create(otherwise)));

    [MethodImpl(Inline)]
    public static Floats8 MultiplyAdd(Floats8 x, Floats8 y, Floats8 z) => new(Vector256.MultiplyAddEstimate(x.value, y.value, z.value));

    [MethodImpl(Inline)]
    public static Floats8 Abs(Floats8 x) => new(Vector256.Abs(x.value));

    [MethodImpl(Inline)]
    public static Floats8 Sqrt(Floats8 x) => new(Vector256.Sqrt(x.value));

    [MethodImpl(Inline)]
    public static Floats8 Round(Floats8 x) => new(Vector256.Round(x.value));

    [MethodImpl(Inline)]
    public static Floats8 Floor(Floats8 x) => new(Vector256.Floor(x.value));

    [MethodImpl(Inline)]
    public static Floats8 Max(Floats8 x, Floats8 y) => new(Vector256.Max(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats8 Min(Floats8 x, Floats8 y) => new(Vector256.Min(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats8 AtLeast(Floats8 x, Floats8 y) => new(Vector256.GreaterThanOrEqual(x.value, y.value) & One);

    [MethodImpl(Inline)]
    public static Floats8 Above(Floats8 x, Floats8 y) => new(Vector256.GreaterThan(x.value, y.value) & One);

    [MethodImpl(Inline)]
    public static Floats8 IfLess(Floats8 x, Floats8 y, Floats8 then, Floats8 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(x.value, y.value), then.value, otherwise.value));

    [MethodImpl(Inline)]
    public static Floats8 Select(Floats8 condition, Floats8 then, Floats8 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(condition.value, Vector256<float>.Zero), otherwise.value, then.value));

    [MethodImpl(Inline)]
    public static Floats8 PowerOfTwo(Floats8 n) => new(((Vector256.ConvertToInt32Native(n.value) + Vector256.Create(FloatBits.Bias)) << FloatBits.SignificandBits).AsSingle());

    [MethodImpl(Inline)]
    public static Floats8 Exponent(Floats8 x) => new(Vector256.ConvertToSingle(Steps(x.value)));

    [MethodImpl(Inline)]
    public static Floats8 Significand(Floats8 x) => new((x.value.AsInt32() - (Steps(x.value) << FloatBits.SignificandBits)).AsSingle());

    [MethodImpl(Inline)]
    private static Vector256<int> Steps(Vector256<float> x) => (x.AsInt32() - Vector256.Create(FloatBits.RootHalf)) >> FloatBits.SignificandBits;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Floats8 LoadRest(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Vector256<float>.Count];
        padded.Clear();
        rest.CopyTo(padded);
        return new(Vector256.Create<float>(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreRest(Span<float> rest, Vector256<float> value)
    {
        Span<float> padded = stackalloc float[Vector256<float>.Count];
        value.CopyTo(padded);
        padded[..rest.Length].CopyTo(rest);
    }
}
