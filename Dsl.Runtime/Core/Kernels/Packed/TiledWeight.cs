using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// A weight in codes, laid out for kernels: <c>weight = scale · (level - zero)</c> with scales and zero points of 16 rows side by side, group after group. Immutable.
/// </summary>
internal sealed class TiledWeight
{
    private readonly float[] scales;
    private readonly float[] zeros;
    private readonly byte[] floatTables;

    private TiledWeight(CodeTiles tiles, LevelGrid grid, float[] scales, float[] zeros, byte[] floatTables)
    {
        (Tiles, Grid, this.scales, this.zeros, this.floatTables) = (tiles, grid, scales, zeros, floatTables);
        (Magnitudes, Signs) = (Table(level => (byte)Math.Abs(level)), Table(level => (byte)(sbyte)Math.Sign(level)));
        IsHalf = tiles.Shape.Bits <= 4 && !floatTables.AsSpan(0, 2 * Vector128<byte>.Count).ContainsAnyExcept((byte)0);
    }

    /// <summary>The codes.</summary>
    public CodeTiles Tiles { get; }

    /// <summary>What they stand for.</summary>
    public LevelGrid Grid { get; }

    /// <summary>(tiles, groups, 16), with the step of the levels in them.</summary>
    public ReadOnlySpan<float> Scales => scales;

    /// <summary>(tiles, groups, 16), with that of the levels in them; empty where all are <see cref="LevelGrid.Zero"/>.</summary>
    public ReadOnlySpan<float> Zeros => zeros;

    /// <summary>Whether the lower half of every level's 32 bits is 0.</summary>
    public bool IsHalf { get; }

    /// <summary>Bytes that codes, scales and zero points take.</summary>
    public long ByteCount => Tiles.Bytes.Length + (sizeof(float) * (long)(scales.Length + zeros.Length));

    /// <summary>Lays out a weight, or tells with null that it cannot be: binary planes, more than 64 levels that are no even steps, or short groups.</summary>
    public static TiledWeight? Of(QuantizedWeight weight)
    {
        var (format, codes) = (weight.Format, weight.Codes);
        var shape = ShapeOf(weight);
        if (format.Planes > 0 || !shape.IsDense || LevelGrid.Of(format) is not { } grid)
        {
            return null;
        }

        var scales = InTiles(shape, format, weight.Scales, scale => scale * grid.Step);
        var zeros = weight.Zeros.IsEmpty ? [] : InTiles(shape, format, weight.Zeros, zero => (zero / grid.Step) + grid.Zero);
        return Array.TrueForAll(scales, float.IsFinite) && Array.TrueForAll(zeros, float.IsFinite)
            ? new TiledWeight(CodeTiles.Of(codes, shape.Group), grid, scales, zeros, TablesOf(format, grid))
            : null;
    }

    /// <summary>The same codes for other levels.</summary>
    public TiledWeight With(LevelGrid grid) => new(Tiles, grid, scales, zeros, floatTables);

    /// <summary>Byte <paramref name="k"/> of every level, the lowest first, as a table of 16.</summary>
    public Vector128<byte> FloatTable(int k) => Vector128.Create(floatTables.AsSpan(k * Vector128<byte>.Count, Vector128<byte>.Count));

    /// <summary>Levels that are looked up: of 16 after 16, four tables of 16 bytes.</summary>
    public ReadOnlySpan<byte> FloatTables => floatTables;

    /// <summary>Magnitudes of whole levels, as a table of 16.</summary>
    public Vector128<byte> Magnitudes { get; }

    /// <summary>Signs of whole levels, as a table of 16.</summary>
    public Vector128<byte> Signs { get; }

    private static TileShape ShapeOf(QuantizedWeight weight)
    {
        var columns = weight.Codes.Columns;
        return new TileShape(weight.Codes.Rows, columns, weight.Format.Bits, weight.Format.GroupSize == 0 ? columns : Math.Min(weight.Format.GroupSize, columns));
    }

    private static float[] InTiles(TileShape shape, QuantizedFormat format, ReadOnlySpan<float> values, Func<float, float> change)
    {
        var target = new float[checked(shape.Tiles * shape.Groups * TileShape.TileRows)];
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var group = 0; group < shape.Groups; group++)
            {
                var index = format.GroupSize == 0 ? 0 : (row * shape.Groups) + group;
                target[(((row / TileShape.TileRows * shape.Groups) + group) * TileShape.TileRows) + (row % TileShape.TileRows)] = change(values[index]);
            }
        }

        return target;
    }

    /// <summary>The 32-bit floats of levels, byte by byte, of 16 after 16. Even levels hold their common zero point already where no row has one of its own.</summary>
    private static byte[] TablesOf(QuantizedFormat format, LevelGrid grid)
    {
        var count = Vector128<byte>.Count;
        var isLookedUp = format.Bits <= 4 || !grid.IsEven;
        var tables = new byte[sizeof(float) * Math.Max(count, isLookedUp ? format.Levels.Count : 0)];
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        for (var code = 0; isLookedUp && code < format.Levels.Count; code++)
        {
            var level = !grid.IsEven ? format.Levels[code] : format.HasZeroPoints ? code : code - grid.Zero;
            BinaryPrimitives.WriteSingleLittleEndian(bytes, level);
            for (var k = 0; k < sizeof(float); k++)
            {
                tables[(((code / count * sizeof(float)) + k) * count) + (code % count)] = bytes[k];
            }
        }

        return tables;
    }

    private Vector128<byte> Table(Func<int, byte> of)
    {
        Span<byte> table = stackalloc byte[Vector128<byte>.Count];
        table.Clear();
        for (var code = 0; code < Grid.Whole.Count; code++)
        {
            table[code] = of((int)Grid.Whole[code]);
        }

        return Vector128.Create<byte>(table);
    }
}
