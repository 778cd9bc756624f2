using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>As many rows of a tiled weight as a vector has words: where their codes and scales start.</summary>
internal readonly ref struct TileStrip
{
    private readonly ref byte codes;
    private readonly ref byte scales;
    private readonly ref byte zeros;
    private readonly int groupBytes;

    /// <param name="weight">The weight.</param>
    /// <param name="row">The first row: a multiple of the words of a vector.</param>
    public TileStrip(TiledWeight weight, int row)
    {
        var shape = weight.Tiles.Shape;
        var (tile, inTile) = (row / TileShape.TileRows, row % TileShape.TileRows);
        var first = (tile * shape.Groups * TileShape.TileRows) + inTile;
        codes = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight.Tiles.Bytes), (tile * shape.TileBytes) + (inTile * TileShape.Quad));
        scales = ref Unsafe.Add(ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(weight.Scales)), first * sizeof(float));
        zeros = ref weight.Zeros.IsEmpty ? ref Unsafe.NullRef<byte>() : ref Unsafe.Add(ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(weight.Zeros)), first * sizeof(float));
        groupBytes = TileShape.TileRows * sizeof(float);
    }

    /// <summary>The codes of a block.</summary>
    /// <param name="offset">Where the block starts in its tile, in bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Block(int offset) => ref Unsafe.Add(ref codes, offset);

    /// <summary>A scale for every row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Scale<TLanes, TV>(int group)
        where TLanes : struct, ILanes<TV>
        where TV : struct => TLanes.Load(ref Unsafe.Add(ref scales, group * groupBytes));

    /// <summary>A zero point for every row.</summary>
    /// <param name="group">The group.</param>
    /// <param name="common">The zero point of all rows, where they have none of their own.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Zero<TLanes, TV>(int group, TV common)
        where TLanes : struct, ILanes<TV>
        where TV : struct => Unsafe.IsNullRef(ref zeros) ? common : TLanes.Load(ref Unsafe.Add(ref zeros, group * groupBytes));
}
