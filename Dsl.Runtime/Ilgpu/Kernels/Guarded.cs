using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Loads that stop at the end of a row.</summary>
internal static class Guarded
{
    /// <summary>Eight values at equal distances, with zeros from the end on.</summary>
    /// <param name="values">The values.</param>
    /// <param name="place">The first.</param>
    /// <param name="stride">From one to the next.</param>
    /// <param name="count">How many there are; more than eight are eight.</param>
    public static Octet Load(ArrayView<float> values, int place, int stride, int count) => new(
        new Float4(
            At(values, place, 0, count),
            At(values, place + stride, 1, count),
            At(values, place + (2 * stride), 2, count),
            At(values, place + (3 * stride), 3, count)),
        new Float4(
            At(values, place + (4 * stride), 4, count),
            At(values, place + (5 * stride), 5, count),
            At(values, place + (6 * stride), 6, count),
            At(values, place + (7 * stride), 7, count)));

    private static float At(ArrayView<float> values, int place, int number, int count) => number < count ? values[place] : 0;
}
