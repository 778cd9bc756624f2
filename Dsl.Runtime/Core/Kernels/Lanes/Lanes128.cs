using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace LayerDsl;

/// <summary>128 bits: SSE to SSSE3, AdvSimd, or portable.</summary>
internal readonly struct Lanes128 : ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(ref readonly byte from) => Vector128.LoadUnsafe(in from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V value, ref byte to) => value.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(int value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(long value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(float value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(double value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Repeat(Vector128<byte> value) => value;

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
    public static V Magnitude8(V value) => Vector128.Abs(value.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add8(V left, V right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add16(V left, V right) => (left.AsInt16() + right.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add32(V left, V right) => (left.AsInt32() + right.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToFloat(V value) => Vector128.ConvertToSingle(value.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddFloat(V left, V right) => (left.AsSingle() + right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SubtractFloat(V left, V right) => (left.AsSingle() - right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyFloat(V left, V right) => (left.AsSingle() * right.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyAddFloat(V left, V right, V addend) => Vector128.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), addend.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LowerToDouble(V value) =>
        (Sse2.IsSupported ? Sse2.ConvertToVector128Double(value.AsInt32()) : Vector128.ConvertToDouble(Vector128.WidenLower(value.AsInt32()))).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UpperToDouble(V value) =>
        (Sse2.IsSupported ? Sse2.ConvertToVector128Double(Sse2.Shuffle(value.AsInt32(), 0b11_10_11_10)) : Vector128.ConvertToDouble(Vector128.WidenUpper(value.AsInt32()))).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WidenLower(V value) => Vector128.WidenLower(value.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WidenUpper(V value) => Vector128.WidenUpper(value.AsSingle()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NarrowDouble(V left, V right) => Vector128.Narrow(left.AsDouble(), right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddDouble(V left, V right) => (left.AsDouble() + right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SubtractDouble(V left, V right) => (left.AsDouble() - right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyDouble(V left, V right) => (left.AsDouble() * right.AsDouble()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lookup(V table, V index) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(table, index)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table, index)
        : Vector128.Shuffle(table, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LookupOrZero(V table, V index) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(table, Sse2.AddSaturate(index, Vector128.Create((byte)0x70)))
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table, index)
        : Vector128.Shuffle(table, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V WithSign8(V value, V sign) =>
        Ssse3.IsSupported ? Ssse3.Sign(value.AsSByte(), sign.AsSByte()).AsByte() : SignedPortably(value.AsSByte(), sign.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V DotBytes(V unsigned, V signed) =>
        Ssse3.IsSupported ? Ssse3.MultiplyAddAdjacent(unsigned, signed.AsSByte()).AsByte() : DotBytesPortably(unsigned, signed.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V DotShorts(V left, V right) =>
        Sse2.IsSupported ? Sse2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()).AsByte() : DotShortsPortably(left.AsInt32(), right.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddPairsFloat(V left, V right) =>
        Sse3.IsSupported ? Sse3.HorizontalAdd(left.AsSingle(), right.AsSingle()).AsByte()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.AddPairwise(left.AsSingle(), right.AsSingle()).AsByte()
        : Vector128.Create(left.AsSingle()[0] + left.AsSingle()[1], left.AsSingle()[2] + left.AsSingle()[3], right.AsSingle()[0] + right.AsSingle()[1], right.AsSingle()[2] + right.AsSingle()[3]).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldFloat(V value) => value.AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Fold16(V value) => value.AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow8(V left, V right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
        : (Vector128.WidenLower(left) | (Vector128.WidenLower(right) << 8)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow16(V left, V right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left.AsUInt16(), right.AsUInt16()).AsByte()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left.AsUInt16(), right.AsUInt16()).AsByte()
        : (Vector128.WidenLower(left.AsUInt16()) | (Vector128.WidenLower(right.AsUInt16()) << 16)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveLow32(V left, V right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left.AsUInt32(), right.AsUInt32()).AsByte()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left.AsUInt32(), right.AsUInt32()).AsByte()
        : (Vector128.WidenLower(left.AsUInt32()) | (Vector128.WidenLower(right.AsUInt32()) << 32)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh8(V left, V right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
        : (Vector128.WidenUpper(left) | (Vector128.WidenUpper(right) << 8)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh16(V left, V right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left.AsUInt16(), right.AsUInt16()).AsByte()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left.AsUInt16(), right.AsUInt16()).AsByte()
        : (Vector128.WidenUpper(left.AsUInt16()) | (Vector128.WidenUpper(right.AsUInt16()) << 16)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InterleaveHigh32(V left, V right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left.AsUInt32(), right.AsUInt32()).AsByte()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left.AsUInt32(), right.AsUInt32()).AsByte()
        : (Vector128.WidenUpper(left.AsUInt32()) | (Vector128.WidenUpper(right.AsUInt32()) << 32)).AsByte();

    private static V SignedPortably(Vector128<sbyte> value, Vector128<sbyte> sign)
    {
        // x xor -1 is -x - 1.
        var negative = Vector128.LessThan(sign, Vector128<sbyte>.Zero);
        return Vector128.AndNot((value ^ negative) - negative, Vector128.Equals(sign, Vector128<sbyte>.Zero)).AsByte();
    }

    private static V DotBytesPortably(V unsigned, Vector128<sbyte> signed)
    {
        // The products fit into 16 bits; sums of neighbours go through 32 and fit as well.
        var low = Vector128.WidenLower(unsigned).AsInt16() * Vector128.WidenLower(signed);
        var high = Vector128.WidenUpper(unsigned).AsInt16() * Vector128.WidenUpper(signed);
        return Vector128.Narrow(AddNeighbours(low.AsInt32()), AddNeighbours(high.AsInt32())).AsByte();
    }

    private static V DotShortsPortably(Vector128<int> left, Vector128<int> right) =>
        ((((left << 16) >> 16) * ((right << 16) >> 16)) + ((left >> 16) * (right >> 16))).AsByte();

    private static Vector128<int> AddNeighbours(Vector128<int> pairs) => ((pairs << 16) >> 16) + (pairs >> 16);
}
