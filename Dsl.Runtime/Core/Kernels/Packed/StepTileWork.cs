using System.Runtime.CompilerServices;
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
    private const int MostLanes = 2 * TileShape.TileRows;

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

    private void Strips<TLanes, TV, TBits, TFactor, TSum>(int part, TFactor factor)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
        where TFactor : struct, IIntegerFactor<TV>
        where TSum : struct, IIntegerSum<TV>
    {
        var (shape, lanes) = (weight.Tiles.Shape, Unsafe.SizeOf<TV>() / sizeof(float));
        var (first, last) = TilePart.Rows(shape, part, parts);
        Span<int> sums = stackalloc int[MostLanes];
        Span<int> halves = stackalloc int[MostLanes];
        Span<double> totals = stackalloc double[MostLanes];
        for (var row = 0; row < rows; row++)
        {
            for (var strip = first; strip < last; strip += 2 * lanes)
            {
                // A single last strip is its own partner.
                var second = Math.Min(strip + lanes, last - lanes);
                var a = new TileStrip(weight, strip);
                var b = new TileStrip(weight, second);
                totals.Clear();
                for (var group = 0; group < shape.Groups; group++)
                {
                    Sums<TLanes, TV, TBits, TFactor, TSum>(a, b, group, factor, row, 0, sums);
                    if (inputs.Count == 2)
                    {
                        Sums<TLanes, TV, TBits, TFactor, TSum>(a, b, group, factor, row, 1, halves);
                        for (var k = 0; k < 2 * lanes; k++)
                        {
                            sums[k] += 2 * halves[k];
                        }
                    }

                    Scale(totals[..lanes], sums, strip, row, group);
                    Scale(totals.Slice(lanes, lanes), sums[lanes..], second, row, group);
                }

                Write(totals[..lanes], row, strip);
                Write(totals.Slice(lanes, lanes), row, second);
            }
        }
    }

    private void Sums<TLanes, TV, TBits, TFactor, TSum>(TileStrip a, TileStrip b, int group, TFactor factor, int row, int plane, Span<int> sums)
        where TLanes : struct, ILanes<TV>
        where TV : struct
        where TBits : struct, ICodeBits
        where TFactor : struct, IIntegerFactor<TV>
        where TSum : struct, IIntegerSum<TV>
    {
        StepTileKernel<TLanes, TV, TBits, TFactor, TSum>.Store(weight.Tiles.Shape, a, b, group, factor, ref inputs.Plane(row, plane), sums);
    }

    /// <summary>totals += scale · (levelStep · Σ level · step - zero · Σ step).</summary>
    private void Scale(Span<double> totals, ReadOnlySpan<int> sums, int strip, int row, int group)
    {
        var shape = weight.Tiles.Shape;
        var start = (((strip / TileShape.TileRows * shape.Groups) + group) * TileShape.TileRows) + (strip % TileShape.TileRows);
        var scales = weight.Scales.Slice(start, totals.Length);
        var zeros = weight.Zeros.IsEmpty ? [] : weight.Zeros.Slice(start, totals.Length);
        var (levelStep, common, all) = ((double)weight.Grid.WholeStep, (double)weight.Grid.Zero, (double)inputs.Sum(row, group));
        for (var k = 0; k < totals.Length; k++)
        {
            totals[k] += scales[k] * ((levelStep * sums[k]) - ((zeros.IsEmpty ? common : zeros[k]) * all));
        }
    }

    private void Write(ReadOnlySpan<double> totals, int row, int first)
    {
        var outputs = weight.Tiles.Shape.Rows;
        for (var k = 0; k < Math.Min(totals.Length, outputs - first); k++)
        {
            var scaled = inputScale * totals[k];
            y[(row * outputs) + first + k] = (float)(bias.IsEmpty ? scaled : scaled + bias[first + k]);
        }
    }
}
