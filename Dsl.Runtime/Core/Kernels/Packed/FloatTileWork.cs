using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>A product with inputs of 32 bits, in parts of tiles.</summary>
/// <param name="weight">The weight.</param>
/// <param name="x">Arranged inputs (<see cref="FloatInputs"/>).</param>
/// <param name="output">Where results go.</param>
/// <param name="parts">How many parts there are.</param>
/// <param name="width">The vectors to compute on.</param>
internal readonly ref struct FloatTileWork(TiledWeight weight, ReadOnlySpan<float> x, TileOutput output, int parts, KernelWidth width) : IWork
{
    private readonly ReadOnlySpan<float> x = x;
    private readonly TileOutput output = output;

    public void Run(int part)
    {
        switch (width)
        {
            case KernelWidth.Widest:
                OfBits<Lanes512, Vector512<byte>>(part);
                break;
            case KernelWidth.Wide:
                OfBits<Lanes256, Vector256<byte>>(part);
                break;
            case KernelWidth.Narrow:
                OfBits<Lanes128, Vector128<byte>>(part);
                break;
        }
    }

    private void OfBits<TLanes, TV>(int part)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        switch (weight.Tiles.Shape.Bits)
        {
            case 1:
                OfLevels<TLanes, TV, Bits1>(part);
                break;
            case 2:
                OfLevels<TLanes, TV, Bits2>(part);
                break;
            case 3:
                OfLevels<TLanes, TV, Bits3>(part);
                break;
            case 4:
                OfLevels<TLanes, TV, Bits4>(part);
                break;
            case 5:
                OfMany<TLanes, TV, Bits5>(part, 0);
                break;
            case 6:
                OfMany<TLanes, TV, Bits6>(part, 0);
                break;
            case 7:
                OfMany<TLanes, TV, Bits7>(part, 0);
                break;
            case 8:
                OfMany<TLanes, TV, Bits8>(part, unchecked((int)0x80808080));
                break;
        }
    }

    /// <summary>More than 16 levels.</summary>
    private void OfMany<TLanes, TV, TBits>(int part, int middle)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
    {
        if (weight.Grid.IsEven)
        {
            Strips<TLanes, TV, TBits, WholeFactor<TV>, WithZeroPoints<TV>>(part, new WholeFactor<TV>(TLanes.Repeat(middle)));
        }
        else
        {
            Strips<TLanes, TV, TBits, ManyFactor<TV>, WithZeroPoints<TV>>(part, new ManyFactor<TV>(weight, 1 << (weight.Tiles.Shape.Bits - 4)));
        }
    }

    private void OfLevels<TLanes, TV, TBits>(int part)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
    {
        var upper = TLanes.Repeat(unchecked((int)0xFFFF0000));
        var tables = new Four<TV>
        {
            A = TLanes.Repeat(weight.FloatTable(0)),
            B = TLanes.Repeat(weight.FloatTable(1)),
            C = TLanes.Repeat(weight.FloatTable(2)),
            D = TLanes.Repeat(weight.FloatTable(3)),
        };
        if (!weight.IsHalf)
        {
            Strips<TLanes, TV, TBits, FullFactor<TV>, WithZeroPoints<TV>>(part, new FullFactor<TV>(tables));
        }
        else if (weight.Zeros.IsEmpty)
        {
            Strips<TLanes, TV, TBits, HalfFactor<TV>, WithoutZeroPoints<TV>>(part, new HalfFactor<TV>(tables.C, tables.D, upper));
        }
        else
        {
            Strips<TLanes, TV, TBits, HalfFactor<TV>, WithZeroPoints<TV>>(part, new HalfFactor<TV>(tables.C, tables.D, upper));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Strips<TLanes, TV, TBits, TFactor, TZeros>(int part, TFactor factor)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
        where TFactor : struct, IFloatFactor<TV>
        where TZeros : struct, IZeroPoints<TV>
    {
        var (shape, lanes) = (weight.Tiles.Shape, Unsafe.SizeOf<TV>() / sizeof(float));
        var (first, last) = TilePart.Rows(shape, part, parts);

        // Up to 4 bits the tables hold what the levels have in common.
        var zero = TLanes.Repeat(shape.Bits <= 4 ? 0 : weight.Grid.Zero);
        ref var inputs = ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(x));
        var row = 0;
        for (; row + 2 <= output.Rows; row += 2)
        {
            for (var strip = first; strip < last; strip += lanes)
            {
                var sums = FloatTileKernel<TLanes, TV, TBits, TFactor, TZeros>.TwoRows(
                    shape, new TileStrip(weight, strip), factor, zero, ref Unsafe.Add(ref inputs, (nint)row * shape.PaddedColumns * sizeof(float)));
                output.Write<TLanes, TV>(sums.A, row, strip);
                output.Write<TLanes, TV>(sums.B, row + 1, strip);
            }
        }

        for (; row < output.Rows; row++)
        {
            for (var strip = first; strip < last; strip += lanes)
            {
                var sum = FloatTileKernel<TLanes, TV, TBits, TFactor, TZeros>.One(
                    shape, new TileStrip(weight, strip), factor, zero, ref Unsafe.Add(ref inputs, (nint)row * shape.PaddedColumns * sizeof(float)));
                output.Write<TLanes, TV>(sum, row, strip);
            }
        }
    }
}
