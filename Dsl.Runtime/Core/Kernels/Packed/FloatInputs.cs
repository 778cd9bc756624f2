using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>Inputs in the order of tiles: groups are filled up with zeros, and of every quad columns 0 and 2 come before 1 and 3.</summary>
internal static class FloatInputs
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Arrange(TileShape shape, ReadOnlySpan<float> x, Span<float> target)
    {
        for (var block = 0; block < shape.Blocks; block++)
        {
            var (first, count) = shape.ColumnsOf(block);
            var from = x.Slice(first, count);
            var to = target.Slice(block * TileShape.BlockColumns, TileShape.BlockColumns);
            var k = 0;
            for (; k + TileShape.Quad <= count; k += TileShape.Quad)
            {
                (to[k], to[k + 1], to[k + 2], to[k + 3]) = (from[k], from[k + 2], from[k + 1], from[k + 3]);
            }

            to[k..].Clear();
            for (; k < count; k++)
            {
                to[(k / TileShape.Quad * TileShape.Quad) + Place(k % TileShape.Quad)] = from[k];
            }
        }
    }

    private static int Place(int column) => column is 1 or 2 ? 3 - column : column;
}
