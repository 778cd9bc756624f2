using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>A product with inputs rounded to 8 bits, in parts of tiles.</summary>
/// <param name="weight">The weight.</param>
/// <param name="inputs">Rounded inputs.</param>
/// <param name="output">Where results go.</param>
/// <param name="parts">How many parts there are.</param>
/// <param name="width">The vectors to compute on.</param>
internal readonly ref struct IntegerTileWork(TiledWeight weight, QuantizedInputs inputs, TileOutput output, int parts, KernelWidth width) : IWork
{
    private readonly QuantizedInputs inputs = inputs;
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
                Strips<TLanes, TV, Bits5, CodeFactor<TV>, LongSum<TV>>(part, default);
                break;
            case 6:
                Strips<TLanes, TV, Bits6, CodeFactor<TV>, LongSum<TV>>(part, default);
                break;
            case 7:
                Strips<TLanes, TV, Bits7, CodeFactor<TV>, LongSum<TV>>(part, default);
                break;
            case 8:
                Strips<TLanes, TV, Bits8, ByteFactor<TV>, LongSum<TV>>(part, new ByteFactor<TV>(TLanes.Repeat(unchecked((int)0x80808080))));
                break;
        }
    }

    private void OfLevels<TLanes, TV, TBits>(int part)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
    {
        if (weight.Grid.IsEven)
        {
            Strips<TLanes, TV, TBits, CodeFactor<TV>, ShortSum<TV>>(part, default);
        }
        else
        {
            Strips<TLanes, TV, TBits, LevelFactor<TV>, LongSum<TV>>(part, new LevelFactor<TV>(TLanes.Repeat(weight.Magnitudes), TLanes.Repeat(weight.Signs)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Strips<TLanes, TV, TBits, TFactor, TSum>(int part, TFactor factor)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
        where TFactor : struct, IIntegerFactor<TV>
        where TSum : struct, IIntegerSum<TV>
    {
        var (shape, lanes, zero) = (weight.Tiles.Shape, Unsafe.SizeOf<TV>() / sizeof(float), TLanes.Repeat(weight.Grid.Zero));
        var (first, last) = TilePart.Rows(shape, part, parts);
        var row = 0;
        for (; row + 4 <= output.Rows; row += 4)
        {
            for (var strip = first; strip < last; strip += lanes)
            {
                var sums = IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.FourRows(shape, new TileStrip(weight, strip), factor, zero, inputs, row);
                output.Write<TLanes, TV>(sums.A, row, strip);
                output.Write<TLanes, TV>(sums.B, row + 1, strip);
                output.Write<TLanes, TV>(sums.C, row + 2, strip);
                output.Write<TLanes, TV>(sums.D, row + 3, strip);
            }
        }

        for (; row < output.Rows; row++)
        {
            for (var strip = first; strip < last; strip += 2 * lanes)
            {
                var second = Math.Min(strip + lanes, last - lanes);
                var sums = IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.Pair(shape, new TileStrip(weight, strip), new TileStrip(weight, second), factor, zero, inputs, row);
                output.Write<TLanes, TV>(sums.A, row, strip);
                output.Write<TLanes, TV>(sums.B, row, second);
            }
        }
    }
}
