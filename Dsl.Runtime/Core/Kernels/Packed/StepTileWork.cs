using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>A product with inputs in codes, in parts of tiles.</summary>
/// <param name="weight">The weight.</param>
/// <param name="inputs">Steps of the inputs.</param>
/// <param name="inputScale">The step of their grid.</param>
/// <param name="bias">(outputs), or empty.</param>
/// <param name="y">(rows, outputs).</param>
/// <param name="rows">Rows of inputs.</param>
/// <param name="parts">How many parts there are.</param>
/// <param name="width">The vectors to compute on.</param>
internal readonly ref struct StepTileWork(
    TiledWeight weight, StepPlanes inputs, double inputScale, ReadOnlySpan<float> bias, Span<float> y, int rows, int parts, KernelWidth width) : IWork
{
    // Whole levels are counted in a power of two: it changes no rounding.
    private readonly double totalScale = inputScale * weight.Grid.WholeStep;
    private readonly StepPlanes inputs = inputs;
    private readonly ReadOnlySpan<float> bias = bias;
    private readonly Span<float> y = y;

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
        for (; row + 4 <= rows; row += 4)
        {
            for (var strip = first; strip < last; strip += lanes)
            {
                var low = StepTileKernel<TLanes, TV, TBits, TFactor, TSum>.FourRows(shape, new TileStrip(weight, strip), factor, zero, inputs, row, out var high);
                Write<TLanes, TV>(low.A, high.A, row, strip);
                Write<TLanes, TV>(low.B, high.B, row + 1, strip);
                Write<TLanes, TV>(low.C, high.C, row + 2, strip);
                Write<TLanes, TV>(low.D, high.D, row + 3, strip);
            }
        }

        for (; row < rows; row++)
        {
            for (var strip = first; strip < last; strip += 2 * lanes)
            {
                // A single last strip is its own partner.
                var second = Math.Min(strip + lanes, last - lanes);
                var sums = StepTileKernel<TLanes, TV, TBits, TFactor, TSum>.Pair(shape, new TileStrip(weight, strip), new TileStrip(weight, second), factor, zero, inputs, row);
                Write<TLanes, TV>(sums.A, sums.B, row, strip);
                Write<TLanes, TV>(sums.C, sums.D, row, second);
            }
        }
    }

    /// <summary>y = scale · total + bias, as many as there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<TLanes, TV>(TV low, TV high, int row, int first)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        var (outputs, lanes) = (weight.Tiles.Shape.Rows, Unsafe.SizeOf<TV>() / sizeof(float));
        var count = Math.Min(lanes, outputs - first);
        if (count <= 0)
        {
            return;
        }

        var scale = TLanes.Repeat(totalScale);
        (low, high) = (TLanes.MultiplyDouble(low, scale), TLanes.MultiplyDouble(high, scale));
        if (count < lanes)
        {
            WriteSome<TLanes, TV>(low, high, y.Slice((row * outputs) + first, count), bias.IsEmpty ? default : bias.Slice(first, count));
            return;
        }

        if (!bias.IsEmpty)
        {
            var shift = TLanes.Load(ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(bias.Slice(first, lanes))));
            (low, high) = (TLanes.AddDouble(low, TLanes.WidenLower(shift)), TLanes.AddDouble(high, TLanes.WidenUpper(shift)));
        }

        TLanes.Store(TLanes.NarrowDouble(low, high), ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(y.Slice((row * outputs) + first, lanes))));
    }

    /// <summary>The last outputs, fewer than a vector has.</summary>
    private static void WriteSome<TLanes, TV>(TV low, TV high, Span<float> target, ReadOnlySpan<float> bias)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        Span<float> values = stackalloc float[TileShape.TileRows];
        bias.CopyTo(values);
        ref var bytes = ref Unsafe.As<float, byte>(ref values[0]);
        var shift = TLanes.Load(ref bytes);
        TLanes.Store(TLanes.NarrowDouble(TLanes.AddDouble(low, TLanes.WidenLower(shift)), TLanes.AddDouble(high, TLanes.WidenUpper(shift))), ref bytes);
        values[..target.Length].CopyTo(target);
    }
}
