namespace LayerDsl;

/// <summary>Which rows of a weight belong to a part of the work.</summary>
internal static class TilePart
{
    /// <summary>Whole pairs of tiles, so that vectors of any width go in pairs.</summary>
    public static (int First, int Last) Rows(TileShape shape, int part, int parts)
    {
        var pairs = (shape.Tiles + 1) / 2;
        return (Tile(part), Tile(part + 1));

        int Tile(int of) => Math.Min(shape.Tiles, 2 * (int)((long)of * pairs / parts)) * TileShape.TileRows;
    }
}
