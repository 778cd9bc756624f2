using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// The operations that kernels are written in, on vectors of one width. A vector is a bag of bits here and each operation says how it reads them. Every
/// width runs on every machine: what the hardware lacks is done in halves, and at last in portable code, so that tests reach all of them.
/// </summary>
/// <typeparam name="TV">The vector.</typeparam>
internal interface ILanes<TV>
    where TV : struct
{
    static abstract TV Load(ref readonly byte from);

    static abstract void Store(TV value, ref byte to);

    /// <summary>The same 32 bits in every lane.</summary>
    static abstract TV Repeat(int value);

    /// <summary>The same 64 bits in every lane.</summary>
    static abstract TV Repeat(long value);

    static abstract TV Repeat(float value);

    static abstract TV Repeat(double value);

    /// <summary>The same 16 bytes in every lane of 128 bits.</summary>
    static abstract TV Repeat(Vector128<byte> value);

    static abstract TV And(TV left, TV right);

    static abstract TV Or(TV left, TV right);

    static abstract TV Xor(TV left, TV right);

    /// <summary>Lanes of 16 bits, zeros move in.</summary>
    static abstract TV ShiftRight16(TV value, int count);

    /// <summary>Lanes of 16 bits, zeros move in.</summary>
    static abstract TV ShiftLeft16(TV value, int count);

    /// <summary>Lanes of 32 bits, zeros move in.</summary>
    static abstract TV ShiftRight32(TV value, int count);

    /// <summary>Lanes of 32 bits, zeros move in.</summary>
    static abstract TV ShiftLeft32(TV value, int count);

    /// <summary>Lanes of 32 bits, signs move in.</summary>
    static abstract TV ShiftRightSigned32(TV value, int count);

    /// <summary>Within every 128 bits: table[index], for indices below 16.</summary>
    static abstract TV Lookup(TV table, TV index);

    /// <summary>Within every 128 bits: table[index], and 0 for indices from 16 on.</summary>
    static abstract TV LookupOrZero(TV table, TV index);

    /// <summary>Magnitudes of signed bytes; that of -128 is 128 as an unsigned one.</summary>
    static abstract TV Magnitude8(TV value);

    /// <summary>Signed bytes: value, -value or 0, where the other is positive, negative or 0. -(-128) is -128.</summary>
    static abstract TV WithSign8(TV value, TV sign);

    /// <summary>Neighbouring products of unsigned and signed bytes, added up in 16 bits. The caller sees to it that sums fit.</summary>
    static abstract TV DotBytes(TV unsigned, TV signed);

    /// <summary>Neighbouring products of 16-bit numbers, added up in 32 bits.</summary>
    static abstract TV DotShorts(TV left, TV right);

    static abstract TV Add8(TV left, TV right);

    static abstract TV Add16(TV left, TV right);

    static abstract TV Add32(TV left, TV right);

    /// <summary>Floats of 32-bit numbers.</summary>
    static abstract TV ToFloat(TV value);

    static abstract TV AddFloat(TV left, TV right);

    static abstract TV SubtractFloat(TV left, TV right);

    static abstract TV MultiplyFloat(TV left, TV right);

    /// <summary>left · right + addend, rounded once or twice.</summary>
    static abstract TV MultiplyAddFloat(TV left, TV right, TV addend);

    /// <summary>Doubles of the lower half of 32-bit numbers.</summary>
    static abstract TV LowerToDouble(TV value);

    /// <summary>Doubles of the upper half of 32-bit numbers.</summary>
    static abstract TV UpperToDouble(TV value);

    /// <summary>Doubles of the lower half of floats.</summary>
    static abstract TV WidenLower(TV value);

    /// <summary>Doubles of the upper half of floats.</summary>
    static abstract TV WidenUpper(TV value);

    /// <summary>Floats of doubles, those of the left in the lower half.</summary>
    static abstract TV NarrowDouble(TV left, TV right);

    static abstract TV AddDouble(TV left, TV right);

    static abstract TV SubtractDouble(TV left, TV right);

    static abstract TV MultiplyDouble(TV left, TV right);

    /// <summary>Within every 128 bits: sums of neighbours, those of the left in the lower half.</summary>
    static abstract TV AddPairsFloat(TV left, TV right);

    /// <summary>The sum of all parts of 128 bits.</summary>
    static abstract Vector128<float> FoldFloat(TV value);

    /// <summary>The sum of all parts of 128 bits, in lanes of 16 bits.</summary>
    static abstract Vector128<ushort> Fold16(TV value);

    /// <summary>Within every 128 bits: bytes of the lower halves in turn.</summary>
    static abstract TV InterleaveLow8(TV left, TV right);

    /// <summary>Within every 128 bits: bytes of the upper halves in turn.</summary>
    static abstract TV InterleaveHigh8(TV left, TV right);

    static abstract TV InterleaveLow16(TV left, TV right);

    static abstract TV InterleaveHigh16(TV left, TV right);

    static abstract TV InterleaveLow32(TV left, TV right);

    static abstract TV InterleaveHigh32(TV left, TV right);
}
