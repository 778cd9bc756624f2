namespace LayerDsl;

/// <summary>
/// Binary planes, <c>weight = Σ_p scale_p · ±1</c>, laid out for lookups: in tiles of 16 rows and blocks of 32 columns (<see cref="TileShape"/>), of which some follow each other as a run. For every run, plane and
/// block: four times 16 bytes, the signs of 8 columns of each row, bit t for column t. As many bits as before, but for the filling of tiles. Immutable.
/// </summary>
internal sealed class PlaneWeight : ILaidOutCodes
{
    /// <summary>
    /// Blocks of a run, but for the last of a group. Tables of its inputs, 512 bytes for a block, stay in the first-level cache while every plane uses them; and sums of bytes over its
    /// quads fit into 16 bits.
    /// </summary>
    public const int RunBlocks = 32;

    /// <summary>Columns of a byte.</summary>
    public const int Octet = 8;

    private readonly byte[] signs;
    private readonly float[] scales;

    private PlaneWeight(TileShape shape, int planes, byte[] signs, float[] scales) => (Shape, Planes, this.signs, this.scales) = (shape, planes, signs, scales);

    /// <summary>Sizes; the bits of a code are the planes.</summary>
    public TileShape Shape { get; }

    /// <summary>How many planes.</summary>
    public int Planes { get; }

    /// <summary>All tiles, one after the other.</summary>
    public ReadOnlySpan<byte> Signs => signs;

    /// <summary>(tiles, groups, planes, 16).</summary>
    public ReadOnlySpan<float> Scales => scales;

    /// <summary>Lays out binary planes, or tells with null that there are none, or that groups are short.</summary>
    public static PlaneWeight? Of(QuantizedWeight weight)
    {
        var (codes, format) = (weight.Codes, weight.Format);
        var group = format.GroupSize == 0 ? codes.Columns : Math.Min(format.GroupSize, codes.Columns);
        var shape = new TileShape(codes.Rows, codes.Columns, codes.Bits, group);
        if (format.Planes == 0 || !shape.IsDense)
        {
            return null;
        }

        var made = new PlaneWeight(shape, format.Planes, new byte[shape.ByteCount], ScalesOf(shape, format, weight.Scales));
        var line = new byte[codes.Columns];
        for (var row = 0; row < codes.Rows; row++)
        {
            codes.Read(row, line);
            made.Put(row, line);
        }

        return made;
    }

    /// <summary>Runs of a row.</summary>
    public int Runs
    {
        get
        {
            var last = Shape.Blocks - Shape.FirstBlock(Shape.Groups - 1);
            return ((Shape.Groups - 1) * ((Shape.BlocksPerGroup + RunBlocks - 1) / RunBlocks)) + ((last + RunBlocks - 1) / RunBlocks);
        }
    }

    /// <summary>Where the signs of a run start in a tile, in bytes.</summary>
    public int RunStart(int block) => block * Shape.BlockBytes;

    /// <inheritdoc/>
    public void Read(int row, Span<byte> codes)
    {
        codes[..Shape.Columns].Clear();
        for (var block = 0; block < Shape.Blocks; block++)
        {
            var (first, count) = Shape.ColumnsOf(block);
            for (var plane = 0; plane < Planes; plane++)
            {
                var start = Place(row, block, plane);
                for (var k = 0; k < count; k++)
                {
                    codes[first + k] |= (byte)(((signs[start + (k / Octet * TileShape.TileRows)] >> (k % Octet)) & 1) << plane);
                }
            }
        }
    }

    private void Put(int row, ReadOnlySpan<byte> codes)
    {
        for (var block = 0; block < Shape.Blocks; block++)
        {
            var (first, count) = Shape.ColumnsOf(block);
            for (var plane = 0; plane < Planes; plane++)
            {
                var start = Place(row, block, plane);
                for (var k = 0; k < count; k++)
                {
                    signs[start + (k / Octet * TileShape.TileRows)] |= (byte)(((codes[first + k] >> plane) & 1) << (k % Octet));
                }
            }
        }
    }

    /// <summary>The byte of the first 8 columns of a row's block.</summary>
    private int Place(int row, int block, int plane)
    {
        var group = Math.Min(block / Shape.BlocksPerGroup, Shape.Groups - 1);
        var (first, last) = (Shape.FirstBlock(group), Shape.FirstBlock(group + 1));
        var run = first + ((block - first) / RunBlocks * RunBlocks);
        var blocks = Math.Min(RunBlocks, last - run);
        return (row / TileShape.TileRows * Shape.TileBytes) + RunStart(run) + (((plane * blocks) + (block - run)) * TileShape.WordBytes) + (row % TileShape.TileRows);
    }

    private static float[] ScalesOf(TileShape shape, QuantizedFormat format, ReadOnlySpan<float> values)
    {
        var target = new float[checked(shape.Tiles * shape.Groups * format.Planes * TileShape.TileRows)];
        var stride = values.Length / format.Planes;
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var group = 0; group < shape.Groups; group++)
            {
                var index = format.GroupSize == 0 ? 0 : (row * shape.Groups) + group;
                for (var plane = 0; plane < format.Planes; plane++)
                {
                    var place = (((row / TileShape.TileRows * shape.Groups) + group) * format.Planes) + plane;
                    target[(place * TileShape.TileRows) + (row % TileShape.TileRows)] = values[(plane * stride) + index];
                }
            }
        }

        return target;
    }
}
