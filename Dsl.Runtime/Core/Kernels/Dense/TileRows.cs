using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>How many rows the tiles of a left factor have.</summary>
internal static class TileRows
{
    /// <summary>The most.</summary>
    public const int Max = 6;

    /// <summary>How many rows the next tile takes of those that are left: 6, 4, 2 or 1. Two rows alone take as long as four.</summary>
    public static int Of(int left) => left switch
    {
        8 or 9 => 4,
        >= 6 => 6,
        >= 4 => 4,
        >= 2 => 2,
        _ => 1,
    };

    /// <summary>How many tiles rows make.</summary>
    public static int Count(int rows)
    {
        var tiles = 0;
        for (; rows > 0; rows -= Of(rows))
        {
            tiles++;
        }

        return tiles;
    }

    /// <summary>The row that a tile starts with.</summary>
    public static int Start(int rows, int tile)
    {
        var start = 0;
        for (; tile > 0; tile--)
        {
            start += Of(rows - start);
        }

        return start;
    }

    /// <summary>Writes rows in the order in which a tile reads them: column after column.</summary>
    /// <param name="rows">So many rows of values.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="tile">As many values.</param>
    public static void Interleave(ReadOnlySpan<float> rows, int count, Span<float> tile)
    {
        var columns = rows.Length / count;
        for (var row = 0; row < count; row++)
        {
            Spread(rows.Slice(row * columns, columns), tile[row..], count);
        }
    }

    /// <summary>Writes values a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(ReadOnlySpan<float> values, Span<float> target, int stride)
    {
        for (var (k, place) = (0, 0); k < values.Length; k++, place += stride)
        {
            target[place] = values[k];
        }
    }

    /// <summary>The rows again.</summary>
    public static void Separate(ReadOnlySpan<float> tile, int count, Span<float> rows)
    {
        var columns = rows.Length / count;
        for (var row = 0; row < count; row++)
        {
            var line = rows.Slice(row * columns, columns);
            for (var (k, place) = (0, row); k < line.Length; k++, place += count)
            {
                line[k] = tile[place];
            }
        }
    }
}
