using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl.Simd;

/// <summary>4 numbers in a vector of 128 bits.</summary>
internal readonly struct Floats4(Vector128<float> value) : IVector<Floats4>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector128<float> value = value;

    public static int Count => Vector128<float>.Count;

    private static Vector128<float> One => Vector128.Create(1f);

    [MethodImpl(Inline)]
    public static Floats4 operator +(Floats4 left, Floats4 right) => new(left.value + right.value);

    [MethodImpl(Inline)]
    public static Floats4 operator -(Floats4 left, Floats4 right) => new(left.value - right.value);

    [MethodImpl(Inline)]
    public static Floats4 operator *(Floats4 left, Floats4 right) => new(left.value * right.value);

    [MethodImpl(Inline)]
    public static Floats4 operator /(Floats4 left, Floats4 right) => new(left.value / right.value);

    [MethodImpl(Inline)]
    public static Floats4 operator -(Floats4 x) => new(-x.value);

    [MethodImpl(Inline)]
    public static Floats4 Of(float value) => new(Vector128.Create(value));

    [MethodImpl(Inline)]
    public static Floats4 Load(ReadOnlySpan<float> row, int i) => row.Length - i >= Count
        ? new(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)(uint)i))
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

    public float Sum() => Vector128.Sum(value);

    public float Largest() => MathF.Max(MathF.Max(value[0], value[1]), MathF.Max(value[2], value[3]));

    public float First() => value.ToScalar();

    [MethodImpl(Inline)]
    public static Floats4 KeepFirst(Floats4 x, int count, float otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(Vector128<float>.Indices, Vector128.Create((float)count)), x.value, Vector128.Create(otherwise)));

    [MethodImpl(Inline)]
    public static Floats4 MultiplyAdd(Floats4 x, Floats4 y, Floats4 z) => new(Vector128.MultiplyAddEstimate(x.value, y.value, z.value));

    [MethodImpl(Inline)]
    public static Floats4 Abs(Floats4 x) => new(Vector128.Abs(x.value));

    [MethodImpl(Inline)]
    public static Floats4 Sqrt(Floats4 x) => new(Vector128.Sqrt(x.value));

    [MethodImpl(Inline)]
    public static Floats4 Round(Floats4 x) => new(Vector128.Round(x.value));

    [MethodImpl(Inline)]
    public static Floats4 Floor(Floats4 x) => new(Vector128.Floor(x.value));

    [MethodImpl(Inline)]
    public static Floats4 Max(Floats4 x, Floats4 y) => new(Vector128.Max(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats4 Min(Floats4 x, Floats4 y) => new(Vector128.Min(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats4 AtLeast(Floats4 x, Floats4 y) => new(Vector128.GreaterThanOrEqual(x.value, y.value) & One);

    [MethodImpl(Inline)]
    public static Floats4 Above(Floats4 x, Floats4 y) => new(Vector128.GreaterThan(x.value, y.value) & One);

    [MethodImpl(Inline)]
    public static Floats4 IfLess(Floats4 x, Floats4 y, Floats4 then, Floats4 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(x.value, y.value), then.value, otherwise.value));

    [MethodImpl(Inline)]
    public static Floats4 Select(Floats4 condition, Floats4 then, Floats4 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(condition.value, Vector128<float>.Zero), otherwise.value, then.value));

    [MethodImpl(Inline)]
    public static Floats4 PowerOfTwo(Floats4 n) => new(((Vector128.ConvertToInt32Native(n.value) + Vector128.Create(FloatBits.Bias)) << FloatBits.SignificandBits).AsSingle());

    [MethodImpl(Inline)]
    public static Floats4 Exponent(Floats4 x) => new(Vector128.ConvertToSingle(Steps(x.value)));

    [MethodImpl(Inline)]
    public static Floats4 Significand(Floats4 x) => new((x.value.AsInt32() - (Steps(x.value) << FloatBits.SignificandBits)).AsSingle());

    [MethodImpl(Inline)]
    private static Vector128<int> Steps(Vector128<float> x) => (x.AsInt32() - Vector128.Create(FloatBits.RootHalf)) >> FloatBits.SignificandBits;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Floats4 LoadRest(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Vector128<float>.Count];
        padded.Clear();
        rest.CopyTo(padded);
        return new(Vector128.Create<float>(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreRest(Span<float> rest, Vector128<float> value)
    {
        Span<float> padded = stackalloc float[Vector128<float>.Count];
        value.CopyTo(padded);
        padded[..rest.Length].CopyTo(rest);
    }
}
