using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Sums of products of codes with 8-bit inputs over one group: exact.</summary>
internal static class StepTileKernel<TLanes, TV, TBits, TFactor, TSum>
    where TLanes : struct, ILanes<TV>
    where TV : struct
    where TBits : struct, ICodeBits
    where TFactor : struct, IIntegerFactor<TV>
    where TSum : struct, IIntegerSum<TV>
{
    /// <summary>Two strips with one plane of inputs; the sums of the first strip come first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(TileShape shape, TileStrip a, TileStrip b, int group, TFactor factor, ref byte x, Span<int> sums)
    {
        IntegerTileKernel<TLanes, TV, TBits, TFactor, TSum>.Sums(shape, a, b, shape.FirstBlock(group), shape.FirstBlock(group + 1), factor, ref x, out var sumA, out var sumB);
        ref var target = ref Unsafe.As<int, byte>(ref MemoryMarshal.GetReference(sums));
        TLanes.Store(sumA, ref target);
        TLanes.Store(sumB, ref Unsafe.Add(ref target, Unsafe.SizeOf<TV>()));
    }
}
