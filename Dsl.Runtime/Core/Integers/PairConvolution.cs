using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>A convolution of whole inputs with weights of 16 bits, for a tile of outputs at a time.</summary>
internal readonly struct PairConvolution(Conv2dGeometry geometry, IntegerWeight weight)
{
    /// <summary>128 kB of pairs: a tile stays in the second-level cache while every row of the weight uses it.</summary>
    private const int TilePairs = 32 * 1024;

    private const int RowsAtOnce = 4;

    private readonly int pairs = (geometry.InputsPerOutput + 1) / 2;

    /// <summary>y = inputScale · scale[o] · Σ steps · weights + bias[o].</summary>
    public void Forward(ReadOnlySpan<short> steps, Span<float> y, int batch, int height, int width, double inputScale, ReadOnlySpan<float> bias)
    {
        var (positions, block) = (geometry.OutputSize(height) * geometry.OutputSize(width), PairProduct.BlockWidth);
        var count = Math.Min(Math.Max(block, TilePairs / pairs / block * block), positions);
        var stride = (count + block - 1) / block * block;
        using var tileBuffer = new PooledBuffer(checked(pairs * stride));
        using var weightBuffer = new PooledBuffer(checked(geometry.OutChannels * pairs));
        var tile = MemoryMarshal.Cast<float, int>(tileBuffer.Span);
        var weights = MemoryMarshal.Cast<float, int>(weightBuffer.Span);
        Unpack(weights);

        // Columns past the last output are computed as well and not looked at; they only have to be numbers.
        tile.Clear();
        var (channels, outputs) = (geometry.InChannels / geometry.Groups, geometry.OutChannels / geometry.Groups);
        for (var k = 0; k < batch * geometry.Groups; k++)
        {
            var image = new PairTile(geometry, steps.Slice(k * channels * height * width, channels * height * width), height, width, stride);
            var firstOutput = k % geometry.Groups * outputs;
            var target = y.Slice(k * outputs * positions, outputs * positions);
            for (var first = 0; first < positions; first += count)
            {
                var used = Math.Min(count, positions - first);
                image.Gather(MemoryMarshal.Cast<int, short>(tile), first, used);
                for (var o = 0; o < outputs; o += RowsAtOnce)
                {
                    Rows(weights, firstOutput + o, Math.Min(RowsAtOnce, outputs - o), tile, stride, used, target[((o * positions) + first)..], positions, inputScale, bias);
                }
            }
        }
    }

    private void Rows(
        ReadOnlySpan<int> weights, int firstRow, int rows, ReadOnlySpan<int> tile, int stride, int count, Span<float> y, int yStride, double inputScale, ReadOnlySpan<float> bias)
    {
        var width = PairProduct.BlockWidth;
        Span<int> sums = stackalloc int[RowsAtOnce * width];
        Span<double> scales = stackalloc double[RowsAtOnce];
        for (var row = 0; row < rows; row++)
        {
            scales[row] = inputScale * weight.ScaleOf(firstRow + row);
        }

        for (var k = 0; k < count; k += width)
        {
            PairProduct.Block(weights.Slice(firstRow * pairs, rows * pairs), rows, pairs, tile[k..], stride, sums);
            for (var row = 0; row < rows; row++)
            {
                var (scale, shift) = (scales[row], bias.IsEmpty ? 0.0 : bias[firstRow + row]);
                var target = y.Slice((row * yStride) + k, Math.Min(width, count - k));
                for (var column = 0; column < target.Length; column++)
                {
                    target[column] = (float)((scale * sums[(row * width) + column]) + shift);
                }
            }
        }
    }

    /// <summary>Every row starts with a pair of its own; where the last input is missing, its weight is 0.</summary>
    private void Unpack(Span<int> weights)
    {
        for (var row = 0; row < geometry.OutChannels; row++)
        {
            var target = weights.Slice(row * pairs, pairs);
            target[^1] = 0;
            weight.Unpack(row, MemoryMarshal.AsBytes(target)[..weight.RowBytes]);
        }
    }
}
