namespace LayerDsl;

/// <summary>
/// Codes in the order in which kernels read them. A lane of 32 bits is a row of the tile, so that sums stay in their lanes, results are neighbours, and a
/// quad of inputs is one word for all lanes. A block of 16 rows by 32 columns is: where codes have 4 low bits, four times 16 words with quads 2j and 2j + 1 in
/// the low and high halves of their bytes; then, for the 2 bits that follow, two times 16 words with a quad at bits 0, 2, 4 and 6 of each byte; then, for the
/// last bit, 16 words with a quad at each bit. Codes of 8 bits lie quad after quad. Nothing is lost: as many bits as before, but for the filling of tiles.
/// Immutable.
/// </summary>
internal sealed class CodeTiles : ILaidOutCodes
{
    private const int Block = TileShape.TileRows * TileShape.BlockColumns;

    private readonly byte[] bytes;

    private CodeTiles(TileShape shape, byte[] bytes) => (Shape, this.bytes) = (shape, bytes);

    /// <summary>Sizes.</summary>
    public TileShape Shape { get; }

    /// <summary>All tiles, one after the other.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Takes codes out of rows.</summary>
    public static CodeTiles Of(PackedCodes codes, int group)
    {
        var shape = new TileShape(codes.Rows, codes.Columns, codes.Bits, group);
        var tiles = new CodeTiles(shape, GC.AllocateUninitializedArray<byte>(shape.ByteCount));
        var rows = new byte[TileShape.TileRows * codes.Columns];
        for (var tile = 0; tile < shape.Tiles; tile++)
        {
            var used = Math.Min(TileShape.TileRows, codes.Rows - (tile * TileShape.TileRows));
            rows.AsSpan(used * codes.Columns).Clear();
            for (var row = 0; row < used; row++)
            {
                codes.Read((tile * TileShape.TileRows) + row, rows.AsSpan(row * codes.Columns, codes.Columns));
            }

            tiles.Fill(tile, rows);
        }

        return tiles;
    }

    /// <summary>The codes of one row.</summary>
    public void Read(int row, Span<byte> codes)
    {
        Span<byte> line = stackalloc byte[TileShape.BlockColumns];
        var (tile, inTile) = (row / TileShape.TileRows, row % TileShape.TileRows);
        for (var block = 0; block < Shape.Blocks; block++)
        {
            var (first, count) = Shape.ColumnsOf(block);
            Take(bytes.AsSpan((tile * Shape.TileBytes) + (block * Shape.BlockBytes), Shape.BlockBytes), inTile, line);
            line[..count].CopyTo(codes[first..]);
        }
    }

    private void Fill(int tile, ReadOnlySpan<byte> rows)
    {
        Span<byte> codes = stackalloc byte[Block];
        for (var block = 0; block < Shape.Blocks; block++)
        {
            var (first, count) = Shape.ColumnsOf(block);
            codes.Clear();
            for (var row = 0; row < TileShape.TileRows; row++)
            {
                rows.Slice((row * Shape.Columns) + first, count).CopyTo(codes[(row * TileShape.BlockColumns)..]);
            }

            Put(codes, bytes.AsSpan((tile * Shape.TileBytes) + (block * Shape.BlockBytes), Shape.BlockBytes));
        }
    }

    /// <summary>Code bits go to the parts of a block: those of 4, of 2 and of 1 bits, the low ones first.</summary>
    private void Put(ReadOnlySpan<byte> codes, Span<byte> block)
    {
        block.Clear();
        for (var (width, low, start) = (8, 0, 0); width > 0; width /= 2)
        {
            if ((Shape.Bits & width) == 0)
            {
                continue;
            }

            var (perByte, mask) = (8 / width, (1 << width) - 1);
            for (var k = 0; k < Block; k++)
            {
                var (row, column) = (k / TileShape.BlockColumns, k % TileShape.BlockColumns);
                block[Place(start, perByte, row, column)] |= (byte)(((codes[k] >> low) & mask) << (width * (column / TileShape.Quad % perByte)));
            }

            (low, start) = (low + width, start + (width * TileShape.WordBytes));
        }
    }

    private void Take(ReadOnlySpan<byte> block, int row, Span<byte> codes)
    {
        codes.Clear();
        for (var (width, low, start) = (8, 0, 0); width > 0; width /= 2)
        {
            if ((Shape.Bits & width) == 0)
            {
                continue;
            }

            var (perByte, mask) = (8 / width, (1 << width) - 1);
            for (var column = 0; column < codes.Length; column++)
            {
                codes[column] |= (byte)(((block[Place(start, perByte, row, column)] >> (width * (column / TileShape.Quad % perByte))) & mask) << low);
            }

            (low, start) = (low + width, start + (width * TileShape.WordBytes));
        }
    }

    private static int Place(int start, int perByte, int row, int column) =>
        start + (column / TileShape.Quad / perByte * TileShape.WordBytes) + (row * TileShape.Quad) + (column % TileShape.Quad);
}
