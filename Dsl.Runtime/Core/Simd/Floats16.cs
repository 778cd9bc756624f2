using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl.Simd;

/// <summary>16 numbers in a vector of 512 bits.</summary>
internal readonly struct Floats16(Vector512<float> value) : IVector<Floats16>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<float> value = value;

    public static int Count => Vector512<float>.Count;

    private static Vector512<float> One => Vector512.Create(1f);

    [MethodImpl(Inline)]
    public static Floats16 operator +(Floats16 left, Floats16 right) => new(left.value + right.value);

    [MethodImpl(Inline)]
    public static Floats16 operator -(Floats16 left, Floats16 right) => new(left.value - right.value);

    [MethodImpl(Inline)]
    public static Floats16 operator *(Floats16 left, Floats16 right) => new(left.value * right.value);

    [MethodImpl(Inline)]
    public static Floats16 operator /(Floats16 left, Floats16 right) => new(left.value / right.value);

    [MethodImpl(Inline)]
    public static Floats16 operator -(Floats16 x) => new(-x.value);

    [MethodImpl(Inline)]
    public static Floats16 Of(float value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Floats16 Load(ReadOnlySpan<float> row, int i) => row.Length - i >= Count
        ? new(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)(uint)i))
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

    public float Sum() => Vector512.Sum(value);

    public float Largest() => new Floats8(Vector256.Max(value.GetLower(), value.GetUpper())).Largest();

    public float First() => value.ToScalar();

    [MethodImpl(Inline)]
    public static Floats16 KeepFirst(Floats16 x, int count, float otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)count)), x.value, Vector512.Create(otherwise)));

    [MethodImpl(Inline)]
    public static Floats16 MultiplyAdd(Floats16 x, Floats16 y, Floats16 z) => new(Vector512.MultiplyAddEstimate(x.value, y.value, z.value));

    [MethodImpl(Inline)]
    public static Floats16 Abs(Floats16 x) => new(Vector512.Abs(x.value));

    [MethodImpl(Inline)]
    public static Floats16 Sqrt(Floats16 x) => new(Vector512.Sqrt(x.value));

    [MethodImpl(Inline)]
    public static Floats16 Round(Floats16 x) => new(Vector512.Round(x.value));

    [MethodImpl(Inline)]
    public static Floats16 Floor(Floats16 x) => new(Vector512.Floor(x.value));

    [MethodImpl(Inline)]
    public static Floats16 Max(Floats16 x, Floats16 y) => new(Vector512.Max(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats16 Min(Floats16 x, Floats16 y) => new(Vector512.Min(x.value, y.value));

    [MethodImpl(Inline)]
    public static Floats16 AtLeast(Floats16 x, Floats16 y) => new(Vector512.GreaterThanOrEqual(x.value, y.value) & One);

    [MethodImpl(Inline)]
    public static Floats16 Above(Floats16 x, Floats16 y) => new(Vector512.GreaterThan(x.value, y.value) & One);

    [MethodImpl(Inline)]
    public static Floats16 IfLess(Floats16 x, Floats16 y, Floats16 then, Floats16 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(x.value, y.value), then.value, otherwise.value));

    [MethodImpl(Inline)]
    public static Floats16 Select(Floats16 condition, Floats16 then, Floats16 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(condition.value, Vector512<float>.Zero), otherwise.value, then.value));

    [MethodImpl(Inline)]
    public static Floats16 PowerOfTwo(Floats16 n) => new(((Vector512.ConvertToInt32Native(n.value) + Vector512.Create(FloatBits.Bias)) << FloatBits.SignificandBits).AsSingle());

    [MethodImpl(Inline)]
    public static Floats16 Exponent(Floats16 x) => new(Vector512.ConvertToSingle(Steps(x.value)));

    [MethodImpl(Inline)]
    public static Floats16 Significand(Floats16 x) => new((x.value.AsInt32() - (Steps(x.value) << FloatBits.SignificandBits)).AsSingle());

    [MethodImpl(Inline)]
    private static Vector512<int> Steps(Vector512<float> x) => (x.AsInt32() - Vector512.Create(FloatBits.RootHalf)) >> FloatBits.SignificandBits;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Floats16 LoadRest(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        padded.Clear();
        rest.CopyTo(padded);
        return new(Vector512.Create<float>(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreRest(Span<float> rest, Vector512<float> value)
    {
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        value.CopyTo(padded);
        padded[..rest.Length].CopyTo(rest);
    }
}
