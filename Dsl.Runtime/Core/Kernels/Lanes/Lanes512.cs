using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<byte>;

namespace LayerDsl;

/// <summary>512 bits: AVX-512, or two halves.</summary>
internal readonly struct Lanes512 : ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(ref readonly byte from) => Vector512.LoadUnsafe(in from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V value, ref byte to) => value.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(int value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(long value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(float value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(double value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(Vector128<byte> value) => Vector512.Create(Vector256.Create(value, value), Vector256.Create(value, value));

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
    public static V Magnitude8(V value) => Vector512.Abs(value.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add8(V left, V right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add16(V left, V right) => (left.AsInt16() + right.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add32(V left, V right) => (left.AsInt32() + right.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToFloat(V value) => Vector512.ConvertToSingle(value.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddFloat(V left, V right) => (left.AsSingle() + right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SubtractFloat(V left, V right) => (left.AsSingle() - right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyFloat(V left, V right) => (left.AsSingle() * right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyAddFloat(V left, V right, V addend) => Vector512.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), addend.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LowerToDouble(V value) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(value.GetLower().AsInt32()).AsByte() : ToDoubleInHalves(value.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UpperToDouble(V value) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(value.GetUpper().AsInt32()).AsByte() : ToDoubleInHalves(value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WidenLower(V value) => Vector512.WidenLower(value.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WidenUpper(V value) => Vector512.WidenUpper(value.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NarrowDouble(V left, V right) => Vector512.Narrow(left.AsDouble(), right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddDouble(V left, V right) => (left.AsDouble() + right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SubtractDouble(V left, V right) => (left.AsDouble() - right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyDouble(V left, V right) => (left.AsDouble() * right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lookup(V table, V index) => Avx512BW.IsSupported ? Avx512BW.Shuffle(table, index) : LookupInHalves(table, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V DotBytes(V unsigned, V signed) => Avx512BW.IsSupported ? Avx512BW.MultiplyAddAdjacent(unsigned, signed.AsSByte()).AsByte() : DotBytesInHalves(unsigned, signed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V DotShorts(V left, V right) => Avx512BW.IsSupported ? Avx512BW.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()).AsByte() : DotShortsInHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldFloat(V value) => Lanes256.FoldFloat(value.GetLower()) + Lanes256.FoldFloat(value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Fold16(V value) => Lanes256.Fold16((value.GetLower().AsUInt16() + value.GetUpper().AsUInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow8(V left, V right) => Avx512BW.IsSupported ? Avx512BW.UnpackLow(left, right) : InterleaveLow8InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh8(V left, V right) => Avx512BW.IsSupported ? Avx512BW.UnpackHigh(left, right) : InterleaveHigh8InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow16(V left, V right) => Avx512BW.IsSupported ? Avx512BW.UnpackLow(left.AsInt16(), right.AsInt16()).AsByte() : InterleaveLow16InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow32(V left, V right) => Avx512BW.IsSupported ? Avx512F.UnpackLow(left.AsInt32(), right.AsInt32()).AsByte() : InterleaveLow32InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh16(V left, V right) => Avx512BW.IsSupported ? Avx512BW.UnpackHigh(left.AsInt16(), right.AsInt16()).AsByte() : InterleaveHigh16InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh32(V left, V right) => Avx512BW.IsSupported ? Avx512F.UnpackHigh(left.AsInt32(), right.AsInt32()).AsByte() : InterleaveHigh32InHalves(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LookupOrZero(V table, V index) =>
        Avx512BW.IsSupported ? Avx512BW.Shuffle(table, Avx512BW.AddSaturate(index, Vector512.Create((byte)0x70)))
        : Vector512.Create(Lanes256.LookupOrZero(table.GetLower(), index.GetLower()), Lanes256.LookupOrZero(table.GetUpper(), index.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WithSign8(V value, V sign)
    {
        // No instruction of its own: x xor -1 is -x - 1.
        var negative = Vector512.LessThan(sign.AsSByte(), Vector512<sbyte>.Zero);
        return Vector512.AndNot((value.AsSByte() ^ negative) - negative, Vector512.Equals(sign.AsSByte(), Vector512<sbyte>.Zero)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddPairsFloat(V left, V right) => Avx512F.IsSupported ? (Avx512F.Shuffle(left.AsSingle(), right.AsSingle(), 0b10_00_10_00) + Avx512F.Shuffle(left.AsSingle(), right.AsSingle(), 0b11_01_11_01)).AsByte() : AddPairsFloatInHalves(left, right);

    private static V ToDoubleInHalves(Vector256<byte> value) =>
        Vector512.Create(Lanes256.LowerToDouble(value), Lanes256.UpperToDouble(value));

    private static V LookupInHalves(V table, V index) =>
        Vector512.Create(Lanes256.Lookup(table.GetLower(), index.GetLower()), Lanes256.Lookup(table.GetUpper(), index.GetUpper()));

    private static V DotBytesInHalves(V unsigned, V signed) =>
        Vector512.Create(Lanes256.DotBytes(unsigned.GetLower(), signed.GetLower()), Lanes256.DotBytes(unsigned.GetUpper(), signed.GetUpper()));

    private static V DotShortsInHalves(V left, V right) =>
        Vector512.Create(Lanes256.DotShorts(left.GetLower(), right.GetLower()), Lanes256.DotShorts(left.GetUpper(), right.GetUpper()));

    private static V InterleaveLow8InHalves(V left, V right) =>
        Vector512.Create(Lanes256.InterleaveLow8(left.GetLower(), right.GetLower()), Lanes256.InterleaveLow8(left.GetUpper(), right.GetUpper()));

    private static V InterleaveHigh8InHalves(V left, V right) =>
        Vector512.Create(Lanes256.InterleaveHigh8(left.GetLower(), right.GetLower()), Lanes256.InterleaveHigh8(left.GetUpper(), right.GetUpper()));

    private static V InterleaveLow16InHalves(V left, V right) =>
        Vector512.Create(Lanes256.InterleaveLow16(left.GetLower(), right.GetLower()), Lanes256.InterleaveLow16(left.GetUpper(), right.GetUpper()));

    private static V InterleaveLow32InHalves(V left, V right) =>
        Vector512.Create(Lanes256.InterleaveLow32(left.GetLower(), right.GetLower()), Lanes256.InterleaveLow32(left.GetUpper(), right.GetUpper()));

    private static V InterleaveHigh16InHalves(V left, V right) =>
        Vector512.Create(Lanes256.InterleaveHigh16(left.GetLower(), right.GetLower()), Lanes256.InterleaveHigh16(left.GetUpper(), right.GetUpper()));

    private static V InterleaveHigh32InHalves(V left, V right) =>
        Vector512.Create(Lanes256.InterleaveHigh32(left.GetLower(), right.GetLower()), Lanes256.InterleaveHigh32(left.GetUpper(), right.GetUpper()));

    private static V AddPairsFloatInHalves(V left, V right) =>
        Vector512.Create(Lanes256.AddPairsFloat(left.GetLower(), right.GetLower()), Lanes256.AddPairsFloat(left.GetUpper(), right.GetUpper()));
}
