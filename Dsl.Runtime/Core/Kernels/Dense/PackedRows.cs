namespace LayerDsl;

/// <summary>Rows in the order in which tiles read them: tile after tile, in each input after input. A part does some inputs of a block of rows.</summary>
internal readonly ref struct PackedRows : IWork
{
    /// <summary>Inputs below which a part is not worth its hand-over.</summary>
    private const int LeastInputs = 256;

    private readonly ReadOnlySpan<float> x;
    private readonly Span<float> packed;
    private readonly int rows;
    private readonly int inputs;
    private readonly int rowsAtOnce;
    private readonly int pieces;

    public PackedRows(ReadOnlySpan<float> x, Span<float> packed, int rows, int inputs, int rowsAtOnce)
    {
        this.x = x;
        this.packed = packed;
        this.rows = rows;
        this.inputs = inputs;
        this.rowsAtOnce = rowsAtOnce;
        pieces = WorkerTeam.Shared.Parts(inputs, LeastInputs);
        Parts = pieces * ((rows + rowsAtOnce - 1) / rowsAtOnce);
    }

    public int Parts { get; }

    public void Run(int part)
    {
        var (block, piece) = Math.DivRem(part, pieces);
        var (first, last) = ((int)((long)inputs * piece / pieces), (int)((long)inputs * (piece + 1) / pieces));
        var end = Math.Min(rows, (block + 1) * rowsAtOnce);
        for (var row = block * rowsAtOnce; row < end;)
        {
            var taken = TileRows.Of(end - row);
            for (var k = 0; k < taken; k++)
            {
                var from = x.Slice((row + k) * inputs, inputs)[first..last];
                TileRows.Spread(from, packed[((row * inputs) + (first * taken) + k)..], taken);
            }

            row += taken;
        }
    }
}
