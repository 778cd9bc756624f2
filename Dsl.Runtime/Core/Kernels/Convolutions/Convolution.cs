using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>
/// Convolutions in one vector width. Direct where an image's lines are mostly wanted outputs: a vector of outputs is a sum of weights times vectors of the
/// image (<see cref="ImagePhases"/>). Else what lies under the kernel is gathered first (im2col), and the rest is the same.
/// </summary>
internal static unsafe class Convolution<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Beyond it, gathering costs less than computing outputs that nobody wants.</summary>
    private const double MostWork = 2;

    /// <summary>Inputs at a time, so that weights and what they meet stay in the first-level cache.</summary>
    private const int InputsAtOnce = 320;

    /// <summary>Values of a group's channels at a time, which stay in the second-level cache.</summary>
    private const int ValuesAtOnce = 48 * 1024;

    /// <summary>Sums at a time, likewise.</summary>
    private const int SumsAtOnce = 32 * 1024;

    /// <summary>Multiplications below which a part is not worth its hand-over to another thread.</summary>
    private const long LeastProducts = 64 * 1024;

    /// <summary>Vectors of outputs of a tile.</summary>
    private static int TileWidth => Tile<TSimd, TVector>.Width;

    public static void Run(in ConvolutionWork work, int batch)
    {
        var phases = new ImagePhases(work.Geometry, work.Height, work.Width);
        var images = new Images(work, phases, batch, phases.Work > MostWork);
        WorkerTeam.Shared.Run(ref images, images.Parts);
    }

    /// <summary>The parts of a batch: a group of an image each.</summary>
    private readonly ref struct Images : IWork
    {
        private readonly ConvolutionWork work;
        private readonly ImagePhases phases;
        private readonly bool isGathered;

        public Images(in ConvolutionWork work, ImagePhases phases, int batch, bool isGathered)
        {
            this.work = work;
            this.phases = phases;
            this.isGathered = isGathered;
            Parts = batch * work.Geometry.Groups;
        }

        public int Parts { get; }

        public void Run(int part)
        {
            var (image, group) = Math.DivRem(part, work.Geometry.Groups);
            if (isGathered)
            {
                Gathered(image, group);
            }
            else
            {
                Direct(image, group);
            }
        }

        private void Direct(int image, int group)
        {
            // The last tile reads past the last position by less than its width.
            using var values = new PooledBuffer(phases.Length + TileWidth);
            using var places = new PooledBuffer(work.Geometry.InputsPerOutput);
            var offsets = System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(places.Span);
            phases.WritePlaces(offsets);
            var input = work.Input(image, group);
            var plane = work.Height * work.Width;
            for (var channel = 0; channel < work.Channels; channel++)
            {
                phases.Gather(channel, input.Slice(channel * plane, plane), values.Span);
            }

            values.Span[phases.Length..].Clear();
            var lines = new Lines(work, values.Span, offsets, phases.LineLength, image, group);
            WorkerTeam.Shared.Run(ref lines, lines.Parts);
        }

        private void Gathered(int image, int group)
        {
            var tiles = new Patches(work, image, group);
            WorkerTeam.Shared.Run(ref tiles, tiles.Parts);
        }
    }

    /// <summary>Parts of one group of an image: some lines of some outputs.</summary>
    private readonly ref struct Lines : IWork
    {
        private readonly ConvolutionWork work;
        private readonly ReadOnlySpan<float> values;
        private readonly ReadOnlySpan<int> places;
        private readonly int lineLength;
        private readonly int image;
        private readonly int group;
        private readonly int linesAtOnce;
        private readonly int blocks;
        private readonly int tiles;
        private readonly int pieces;

        public Lines(in ConvolutionWork work, ReadOnlySpan<float> values, ReadOnlySpan<int> places, int lineLength, int image, int group)
        {
            this.work = work;
            this.values = values;
            this.places = places;
            this.lineLength = lineLength;
            (this.image, this.group) = (image, group);
            linesAtOnce = Math.Clamp(Math.Min(ValuesAtOnce / work.Channels, SumsAtOnce / work.Outputs) / lineLength, 1, work.Rows);
            blocks = (work.Rows + linesAtOnce - 1) / linesAtOnce;
            tiles = TileRows.Count(work.Outputs);
            var products = (long)work.Weight.Inputs * TileRows.Max * linesAtOnce * lineLength;
            var wanted = WorkerTeam.Shared.Parts(tiles * blocks, (int)Math.Clamp(LeastProducts / products, 1, int.MaxValue));
            pieces = Math.Clamp(wanted / blocks, 1, tiles);
            Parts = blocks * pieces;
        }

        public int Parts { get; }

        public void Run(int part)
        {
            var firstLine = part % blocks * linesAtOnce;
            var lines = Math.Min(linesAtOnce, work.Rows - firstLine);
            var positions = ((lines - 1) * lineLength) + work.Columns;
            var stride = (positions + TileWidth - 1) / TileWidth * TileWidth;
            var first = TileRows.Start(work.Outputs, tiles * (part / blocks) / pieces);
            var last = TileRows.Start(work.Outputs, tiles * ((part / blocks) + 1) / pieces);
            using var buffer = new PooledBuffer((last - first) * stride);
            var sums = buffer.Span;
            fixed (float* from = values, to = sums)
            fixed (int* offsets = places)
            {
                Multiply(work.Weight, group, first, last, from + (firstLine * lineLength), offsets, positions, to, stride);
            }

            for (var output = first; output < last; output++)
            {
                Finish((group * work.Outputs) + output, firstLine, lines, sums.Slice((output - first) * stride, stride));
            }
        }

        /// <summary>What is wanted of the sums of one output channel.</summary>
        private void Finish(int channel, int firstLine, int lines, ReadOnlySpan<float> sums)
        {
            var start = work.Start(image, channel) + (firstLine * work.Columns);
            var bias = work.Bias.IsEmpty ? 0 : work.Bias[channel];
            for (var line = 0; line < lines; line++)
            {
                TensorPrimitives.Add(sums.Slice(line * lineLength, work.Columns), bias, work.Y.Slice(start + (line * work.Columns), work.Columns));
            }

            work.Finish(start, lines * work.Columns);
        }
    }

    /// <summary>Parts of one group of an image: some outputs of every channel, whose inputs are gathered.</summary>
    private readonly ref struct Patches : IWork
    {
        private readonly ConvolutionWork work;
        private readonly WindowTile tile;
        private readonly int image;
        private readonly int group;

        public Patches(in ConvolutionWork work, int image, int group)
        {
            this.work = work;
            (this.image, this.group) = (image, group);
            tile = new WindowTile(work.Geometry, work.Height, work.Width, TileWidth, SumsAtOnce / work.Outputs);
            Parts = (tile.Positions + tile.Width - 1) / tile.Width;
        }

        public int Parts { get; }

        public void Run(int part)
        {
            var first = part * tile.Width;
            var count = Math.Min(tile.Width, tile.Positions - first);
            using var patches = new PooledBuffer(tile.Length);
            using var places = new PooledBuffer(work.Geometry.InputsPerOutput);
            using var buffer = new PooledBuffer(work.Outputs * tile.Stride);
            var sums = buffer.Span;
            var table = System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(places.Span);
            for (var k = 0; k < table.Length; k++)
            {
                table[k] = k * tile.Stride;
            }

            tile.Gather(work.Input(image, group), patches.Span, first, count);
            fixed (float* from = patches.Span, to = sums)
            fixed (int* offsets = table)
            {
                Multiply(work.Weight, group, 0, work.Outputs, from, offsets, count, to, tile.Stride);
            }

            for (var output = 0; output < work.Outputs; output++)
            {
                var channel = (group * work.Outputs) + output;
                var start = work.Start(image, channel) + first;
                TensorPrimitives.Add(sums.Slice(output * tile.Stride, count), work.Bias.IsEmpty ? 0 : work.Bias[channel], work.Y.Slice(start, count));
                work.Finish(start, count);
            }
        }
    }

    /// <summary>sums[o,p] = Σ_k W[o,k] · b[offsets[k] + p] for the outputs of some tiles. What a vector of positions meets stays in the first-level cache while all tiles go by.</summary>
    private static void Multiply(PackedTiles weight, int group, int firstOutput, int lastOutput, float* b, int* offsets, int positions, float* sums, int stride)
    {
        var inputs = weight.Inputs;
        var blocks = (inputs + InputsAtOnce - 1) / InputsAtOnce;
        var block = (inputs + blocks - 1) / blocks;
        for (var first = 0; first < inputs; first += block)
        {
            var count = Math.Min(block, inputs - first);
            for (var position = 0; position < positions; position += TileWidth)
            {
                for (var (output, rows) = (firstOutput, 0); output < lastOutput; output += rows)
                {
                    rows = TileRows.Of(weight.Outputs - output);
                    Tile<TSimd, TVector>.Multiply(
                        rows,
                        new PackedFactors(weight.Tile(group, output) + (first * rows)),
                        new ListedPlaces(b + position, offsets + first),
                        count,
                        sums + ((output - firstOutput) * stride) + position,
                        stride,
                        add: first > 0);
                }
            }
        }
    }
}
