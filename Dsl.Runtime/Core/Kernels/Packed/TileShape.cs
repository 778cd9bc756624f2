namespace LayerDsl;

/// <summary>
/// How a matrix of codes lies in tiles: 16 rows by blocks of 32 columns. Every group of columns that share a scale starts with a block of its own; what is
/// missing at the end of a group, and below the last row, is code 0.
/// </summary>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="Bits">Bits of a code.</param>
/// <param name="Group">Columns that share a scale; the last group of a row may be short.</param>
internal readonly record struct TileShape(int Rows, int Columns, int Bits, int Group)
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 16;

    /// <summary>Columns of a block.</summary>
    public const int BlockColumns = 32;

    /// <summary>Columns of a quad: neighbours that lie in one 32-bit word of a row.</summary>
    public const int Quad = 4;

    /// <summary>Bytes of a word of every row of a tile.</summary>
    public const int WordBytes = TileRows * Quad;

    /// <summary>Of all rows.</summary>
    public int Tiles => (Rows + TileRows - 1) / TileRows;

    /// <summary>Of a row.</summary>
    public int Groups => (Columns + Group - 1) / Group;

    /// <summary>Of all groups but the last.</summary>
    public int BlocksPerGroup => (Group + BlockColumns - 1) / BlockColumns;

    /// <summary>Of a row.</summary>
    public int Blocks => ((Groups - 1) * BlocksPerGroup) + ((LastGroup + BlockColumns - 1) / BlockColumns);

    /// <summary>Columns with those that fill up groups.</summary>
    public int PaddedColumns => Blocks * BlockColumns;

    /// <summary>Bytes of a block: of 16 rows by 32 columns.</summary>
    public int BlockBytes => WordBytes * Bits;

    /// <summary>Bytes of a tile.</summary>
    public int TileBytes => checked(Blocks * BlockBytes);

    /// <summary>Bytes of all tiles.</summary>
    public int ByteCount => checked(Tiles * TileBytes);

    /// <summary>Whether the filling takes less than a third of the memory: otherwise the matrix stays as it is.</summary>
    public bool IsDense => 2L * Tiles * TileRows * PaddedColumns <= 3L * Rows * Columns && (long)Tiles * TileBytes <= Array.MaxLength;

    private int LastGroup => Columns - ((Groups - 1) * Group);

    /// <summary>The first block of a group.</summary>
    public int FirstBlock(int group) => group == Groups ? Blocks : group * BlocksPerGroup;

    /// <summary>The columns of a block that the matrix has.</summary>
    public (int First, int Count) ColumnsOf(int block)
    {
        var group = Math.Min(block / BlocksPerGroup, Groups - 1);
        var first = (group * Group) + ((block - (group * BlocksPerGroup)) * BlockColumns);
        return (first, Math.Min(BlockColumns, Math.Min(Columns, (group + 1) * Group) - first));
    }
}
