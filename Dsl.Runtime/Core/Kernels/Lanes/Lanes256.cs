using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector256<byte>;

namespace LayerDsl;

/// <summary>256 bits: AVX2, or two halves.</summary>
internal readonly struct Lanes256 : ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(ref readonly byte from) => Vector256.LoadUnsafe(in from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V value, ref byte to) => value.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(int value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(long value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(float value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(double value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(Vector128<byte> value) => Vector256.Create(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V And(V left, V right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Or(V left, V right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Xor(V left, V right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ShiftRight16(V value, int count) => (value.AsUInt16() >>> count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ShiftLeft16(V value, int count) => (value.AsUInt16() << count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ShiftRight32(V value, int count) => (value.AsUInt32() >>> count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ShiftRightSigned32(V value, int count) => (value.AsInt32() >> count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ShiftLeft32(V value, int count) => (value.AsUInt32() << count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Magnitude8(V value) => Vector256.Abs(value.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add8(V left, V right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add16(V left, V right) => (left.AsInt16() + right.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add32(V left, V right) => (left.AsInt32() + right.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToFloat(V value) => Vector256.ConvertToSingle(value.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddFloat(V left, V right) => (left.AsSingle() + right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SubtractFloat(V left, V right) => (left.AsSingle() - right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyFloat(V left, V right) => (left.AsSingle() * right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyAddFloat(V left, V right, V addend) => Vector256.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), addend.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LowerToDouble(V value) =>
        Avx.IsSupported ? Avx.ConvertToVector256Double(value.GetLower().AsInt32()).AsByte() : ToDoubleInHalves(value.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UpperToDouble(V value) =>
        Avx.IsSupported ? Avx.ConvertToVector256Double(value.GetUpper().AsInt32()).AsByte() : ToDoubleInHalves(value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WidenLower(V value) => Vector256.WidenLower(value.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WidenUpper(V value) => Vector256.WidenUpper(value.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NarrowDouble(V left, V right) => Vector256.Narrow(left.AsDouble(), right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddDouble(V left, V right) => (left.AsDouble() + right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SubtractDouble(V left, V right) => (left.AsDouble() - right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyDouble(V left, V right) => (left.AsDouble() * right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lookup(V table, V index) => Avx2.IsSupported ? Avx2.Shuffle(table, index) : LookupInHalves(table, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V DotBytes(V unsigned, V signed) => Avx2.IsSupported ? Avx2.MultiplyAddAdjacent(unsigned, signed.AsSByte()).AsByte() : DotBytesInHalves(unsigned, signed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V DotShorts(V left, V right) => Avx2.IsSupported ? Avx2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()).AsByte() : DotShortsInHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldFloat(V value) => value.GetLower().AsSingle() + value.GetUpper().AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Fold16(V value) => value.GetLower().AsUInt16() + value.GetUpper().AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow8(V left, V right) => Avx2.IsSupported ? Avx2.UnpackLow(left, right) : InterleaveLow8InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh8(V left, V right) => Avx2.IsSupported ? Avx2.UnpackHigh(left, right) : InterleaveHigh8InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow16(V left, V right) => Avx2.IsSupported ? Avx2.UnpackLow(left.AsInt16(), right.AsInt16()).AsByte() : InterleaveLow16InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow32(V left, V right) => Avx2.IsSupported ? Avx2.UnpackLow(left.AsInt32(), right.AsInt32()).AsByte() : InterleaveLow32InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh16(V left, V right) => Avx2.IsSupported ? Avx2.UnpackHigh(left.AsInt16(), right.AsInt16()).AsByte() : InterleaveHigh16InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh32(V left, V right) => Avx2.IsSupported ? Avx2.UnpackHigh(left.AsInt32(), right.AsInt32()).AsByte() : InterleaveHigh32InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LookupOrZero(V table, V index) =>
        Avx2.IsSupported ? Avx2.Shuffle(table, Avx2.AddSaturate(index, Vector256.Create((byte)0x70)))
        : Vector256.Create(Lanes128.LookupOrZero(table.GetLower(), index.GetLower()), Lanes128.LookupOrZero(table.GetUpper(), index.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WithSign8(V value, V sign) => Avx2.IsSupported ? Avx2.Sign(value.AsSByte(), sign.AsSByte()).AsByte() : WithSign8InHalves(value, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddPairsFloat(V left, V right) => Avx.IsSupported ? Avx.HorizontalAdd(left.AsSingle(), right.AsSingle()).AsByte() : AddPairsFloatInHalves(left, right);

    private static V ToDoubleInHalves(Vector128<byte> value) =>
        Vector256.Create(Lanes128.LowerToDouble(value), Lanes128.UpperToDouble(value));

    private static V LookupInHalves(V table, V index) =>
        Vector256.Create(Lanes128.Lookup(table.GetLower(), index.GetLower()), Lanes128.Lookup(table.GetUpper(), index.GetUpper()));

    private static V DotBytesInHalves(V unsigned, V signed) =>
        Vector256.Create(Lanes128.DotBytes(unsigned.GetLower(), signed.GetLower()), Lanes128.DotBytes(unsigned.GetUpper(), signed.GetUpper()));

    private static V DotShortsInHalves(V left, V right) =>
        Vector256.Create(Lanes128.DotShorts(left.GetLower(), right.GetLower()), Lanes128.DotShorts(left.GetUpper(), right.GetUpper()));

    private static V InterleaveLow8InHalves(V left, V right) =>
        Vector256.Create(Lanes128.InterleaveLow8(left.GetLower(), right.GetLower()), Lanes128.InterleaveLow8(left.GetUpper(), right.GetUpper()));

    private static V InterleaveHigh8InHalves(V left, V right) =>
        Vector256.Create(Lanes128.InterleaveHigh8(left.GetLower(), right.GetLower()), Lanes128.InterleaveHigh8(left.GetUpper(), right.GetUpper()));

    private static V InterleaveLow16InHalves(V left, V right) =>
        Vector256.Create(Lanes128.InterleaveLow16(left.GetLower(), right.GetLower()), Lanes128.InterleaveLow16(left.GetUpper(), right.GetUpper()));

    private static V InterleaveLow32InHalves(V left, V right) =>
        Vector256.Create(Lanes128.InterleaveLow32(left.GetLower(), right.GetLower()), Lanes128.InterleaveLow32(left.GetUpper(), right.GetUpper()));

    private static V InterleaveHigh16InHalves(V left, V right) =>
        Vector256.Create(Lanes128.InterleaveHigh16(left.GetLower(), right.GetLower()), Lanes128.InterleaveHigh16(left.GetUpper(), right.GetUpper()));

    private static V InterleaveHigh32InHalves(V left, V right) =>
        Vector256.Create(Lanes128.InterleaveHigh32(left.GetLower(), right.GetLower()), Lanes128.InterleaveHigh32(left.GetUpper(), right.GetUpper()));

    private static V WithSign8InHalves(V value, V sign) =>
        Vector256.Create(Lanes128.WithSign8(value.GetLower(), sign.GetLower()), Lanes128.WithSign8(value.GetUpper(), sign.GetUpper()));

    private static V AddPairsFloatInHalves(V left, V right) =>
        Vector256.Create(Lanes128.AddPairsFloat(left.GetLower(), right.GetLower()), Lanes128.AddPairsFloat(left.GetUpper(), right.GetUpper()));
}
