using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;

namespace LayerDsl.Generator.Scheduling;

/// <summary>How the products of a layer are launched on a device that is large enough.</summary>
/// <param name="Tile">Outputs along the side of the square that a group of threads computes.</param>
/// <param name="DotThreads">Threads that share the columns of a row where there are few rows.</param>
/// <param name="DotRows">From how many rows on squares are computed.</param>
internal sealed record DeviceLaunch(int Tile, int DotThreads, int DotRows)
{
    /// <summary>With fewer rows than this more than half of a square's rows would be empty, and weights are read once either way.</summary>
    private const int FewRows = 8;

    /// <summary>Each thread of a dot product has at least this many times 8 columns, where there are so many: below, adding up the threads' sums takes longer than the sums.</summary>
    private const int OctetsPerThread = 4;

    private static readonly int[] Tiles = [64, 32, 16];

    /// <summary>Threads of a group that computes a square: four by four outputs each.</summary>
    public int TileThreads => Tile * Tile / 16;

    /// <summary>Bytes of shared memory: 32 columns of inputs and of weights, and room for a table of 256 levels.</summary>
    public int SharedBytes => 4 * ((2 * 32 * Tile) + 256);

    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="columns">Columns of the weight.</param>
    public static DeviceLaunch Of(int outputs, int columns) => new(Tiles.OrderBy(tile => Cost(outputs, tile)).First(), DotThreadsFor(columns), FewRows);

    /// <summary>The launch of a layer, or null where it has no product.</summary>
    public static DeviceLaunch? Of(LayerShape layer) => layer switch
    {
        LinearShape linear => Of(linear.OutFeatures, linear.InFeatures),
        Conv2dShape conv => Of(conv.OutChannels / conv.Groups, conv.InChannels / conv.Groups * conv.KernelSize * conv.KernelSize),
        AttentionShape attention => Of(attention.Dim, attention.Dim),
        _ => null,
    };

    /// <summary>
    /// Outputs with those that fill up the last square, times one product and the two values that it takes from shared memory: a side of t uses each t / 4 times, and a
    /// value from there costs as much as about 6 products.
    /// </summary>
    private static double Cost(int outputs, int tile) => Math.Ceiling(outputs / (double)tile) * tile * (1 + (24.0 / tile));

    private static int DotThreadsFor(int columns)
    {
        var threads = 32;
        while (threads < 128 && threads * 2 * 8 * OctetsPerThread <= columns)
        {
            threads *= 2;
        }

        return threads;
    }
}

/// <summary>How many samples a device takes at once, and what makes a model too large for any.</summary>
internal static class DeviceLimits
{
    /// <summary>Second and third dimensions of a grid, of CUDA.</summary>
    private const int GridExtent = 65535;

    /// <summary>Values of a buffer, so that every index fits into 32 bits with room to spare.</summary>
    private const long BufferValues = 1L << 28;

    /// <summary>The samples at once, and the step that allows none; null where every step allows at least one.</summary>
    public static (int Samples, int? TooLarge) Of(ForwardProgram program, IReadOnlyCollection<LayerShape> layers)
    {
        var least = BufferValues / Math.Max(Product(program.InputShape), 1);
        int? tooLarge = least < 1 ? -1 : null;
        for (var step = 0; step < program.Steps.Count; step++)
        {
            var samples = Of(program, program.Steps[step], layers);
            tooLarge ??= samples < 1 ? step : null;
            least = Math.Min(least, samples);
        }

        return ((int)Math.Min(least, GridExtent), tooLarge);
    }

    private static long Of(ForwardProgram program, ForwardStep step, IReadOnlyCollection<LayerShape> layers)
    {
        var size = BufferValues / Product(step.Shape);
        return step switch
        {
            ForwardStep.Layer layer => Math.Min(size, Of(program, layer, layers.First(shape => shape.Name == layer.Name))),
            ForwardStep.Pool or ForwardStep.GlobalAverage => Math.Min(size, GridExtent / step.Shape[0]),
            _ => size,
        };
    }

    private static long Of(ForwardProgram program, ForwardStep.Layer step, LayerShape layer)
    {
        var rows = Product(step.Shape.Take(step.Shape.Count - 1));
        return layer switch
        {
            AttentionShape attention => Math.Min(
                GridExtent / Math.Max(rows, attention.Heads * Product(step.Shape.Take(step.Shape.Count - 2))),
                BufferValues / (rows * attention.Heads * Math.Max(step.Shape[step.Shape.Count - 2], attention.Merged ? attention.Dim : attention.HeadSize))),
            BatchNormShape { OfImages: true } => GridExtent / step.Shape[0],
            BatchNormShape or EmbeddingShape or LinearShape => GridExtent / rows,
            _ => BufferValues / Product(program.ShapeOf(step.Argument)),
        };
    }

    private static long Product(IEnumerable<int> shape) => shape.Aggregate(1L, (product, size) => product * size);
}
