using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>A product with binary planes, in parts of tiles.</summary>
/// <param name="weight">The weight.</param>
/// <param name="tables">Tables of the rows of inputs.</param>
/// <param name="steps">(rows, runs): what entries are counted in, where they are whole numbers.</param>
/// <param name="stride">Bytes from the tables of one row to those of the next.</param>
/// <param name="output">Where results go.</param>
internal ref struct PlaneWork(PlaneWeight weight, ReadOnlySpan<byte> tables, ReadOnlySpan<float> steps, int stride, TileOutput output) : IWork
{
    private readonly ReadOnlySpan<byte> tables = tables;
    private readonly ReadOnlySpan<float> steps = steps;
    private readonly TileOutput output = output;

    /// <summary>Bytes of an entry of a table of whole numbers; 0 for floats.</summary>
    public required int EntryBytes { get; init; }

    /// <summary>The vectors to compute on.</summary>
    public required KernelWidth Width { get; init; }

    /// <summary>How many parts there are.</summary>
    public int Parts { get; set; }

    /// <summary>Sizes.</summary>
    public readonly TileShape Shape => weight.Shape;

    public readonly void Run(int part)
    {
        switch (Width)
        {
            case KernelWidth.Widest:
                Tiles<Lanes512, Vector512<byte>>(part);
                break;
            case KernelWidth.Wide:
                Tiles<Lanes256, Vector256<byte>>(part);
                break;
            case KernelWidth.Narrow:
                Tiles<Lanes128, Vector128<byte>>(part);
                break;
        }
    }

    private readonly void Tiles<TLanes, TV>(int part)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        var (first, last) = TilePart.Rows(weight.Shape, part, Parts);
        Span<float> results = stackalloc float[TileShape.TileRows];
        for (var row = 0; row < output.Rows; row++)
        {
            var table = tables.Slice(row * stride, stride);
            var step = steps.Slice(row * weight.Runs, weight.Runs);
            for (var strip = first; strip < last; strip += TileShape.TileRows)
            {
                var tile = strip / TileShape.TileRows;
                switch (EntryBytes)
                {
                    case 1:
                        WholePlaneKernel<TLanes, TV, OneByte>.Tile(weight, tile, table, step, results);
                        break;
                    case 2:
                        WholePlaneKernel<TLanes, TV, TwoBytes>.Tile(weight, tile, table, step, results);
                        break;
                    case 4:
                        WholePlaneKernel<TLanes, TV, FourBytes>.Tile(weight, tile, table, step, results);
                        break;
                    default:
                        PlaneKernel<TLanes, TV>.Tile(weight, tile, table, results);
                        break;
                }

                output.Write(results, row, strip);
            }
        }
    }
}
