using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Steps of inputs as planes of signed 8-bit numbers from -127 to 127: step = plane 0 + 2 · plane 1. Groups are filled up with zeros.</summary>
/// <param name="shape">Sizes.</param>
/// <param name="count">1 or 2 planes.</param>
/// <param name="codes">(rows, planes, padded columns).</param>
/// <param name="sums">(rows, groups): sums of steps.</param>
internal readonly ref struct StepPlanes(TileShape shape, int count, Span<sbyte> codes, Span<int> sums)
{
    private readonly Span<sbyte> codes = codes;
    private readonly Span<int> sums = sums;

    /// <summary>How many planes.</summary>
    public int Count => count;

    /// <summary>How many planes the steps of a grid need.</summary>
    public static int CountFor(ActivationGrid grid) =>
        Math.Max(grid.Format.Highest - grid.ZeroPoint, grid.ZeroPoint - grid.Format.Lowest) <= sbyte.MaxValue ? 1 : 2;

    /// <summary>The numbers of a plane of a row.</summary>
    public ref byte Plane(int row, int plane) =>
        ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(codes), (((nint)row * count) + plane) * shape.PaddedColumns));

    /// <summary>The sum of a group's steps.</summary>
    public int Sum(int row, int group) => sums[(row * shape.Groups) + group];

    /// <summary>Splits the steps of a row.</summary>
    public void Split(int row, ReadOnlySpan<short> steps)
    {
        var target = codes.Slice(row * count * shape.PaddedColumns, count * shape.PaddedColumns);
        for (var group = 0; group < shape.Groups; group++)
        {
            var sum = 0;
            for (var block = shape.FirstBlock(group); block < shape.FirstBlock(group + 1); block++)
            {
                var (first, columns) = shape.ColumnsOf(block);
                sum += Split(steps.Slice(first, columns), target[(block * TileShape.BlockColumns)..]);
            }

            sums[(row * shape.Groups) + group] = sum;
        }
    }

    private int Split(ReadOnlySpan<short> steps, Span<sbyte> target)
    {
        var sum = 0;
        target[..TileShape.BlockColumns].Clear();
        for (var k = 0; k < steps.Length; k++)
        {
            target[k] = (sbyte)(count == 1 ? steps[k] : steps[k] % 2);
            sum += steps[k];
        }

        if (count == 2)
        {
            var halves = target.Slice(shape.PaddedColumns, TileShape.BlockColumns);
            halves.Clear();
            for (var k = 0; k < steps.Length; k++)
            {
                halves[k] = (sbyte)(steps[k] / 2);
            }
        }

        return sum;
    }
}
