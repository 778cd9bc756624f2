using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Poolings that are trained, their gradients, and sums of parts. Each thread owns a result and gathers what belongs to it: no order of threads changes a sum.</summary>
internal static class ImageGradients
{
    /// <summary>The sum of some parts, one value for each thread.</summary>
    /// <param name="place">The value.</param>
    /// <param name="parts">(parts, size).</param>
    /// <param name="sum">The sums.</param>
    /// <param name="size">Values of a part.</param>
    /// <param name="count">The parts.</param>
    public static void SumParts(Index1D place, ArrayView<float> parts, ArrayView<float> sum, int size, int count)
    {
        var total = 0f;
        for (var k = 0; k < count; k++)
        {
            total += parts[(k * size) + place];
        }

        sum[place] = total;
    }
}
