using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Random numbers of a trainer.</summary>
internal static class RandomKernels
{
    /// <summary>What is added to numbers before they are rounded, uniform in [−½, ½), so that they are rounded up or down at random: four values for each thread.</summary>
    /// <param name="block">The number of the four.</param>
    /// <param name="dither">The values.</param>
    /// <param name="pass">The number of the forward pass.</param>
    /// <param name="layer">The number of the layer.</param>
    /// <param name="key">The seed.</param>
    public static void Dither(Index1D block, ArrayView<float> dither, uint pass, uint layer, PhiloxKey key)
    {
        var words = Philox.Next(new PhiloxWords((uint)(int)block, pass, layer, 0), key);
        var place = block * 4;
        var count = dither.Length;
        dither[place] = Philox.Centred(words.First);
        if (place + 1 < count)
        {
            dither[place + 1] = Philox.Centred(words.Second);
        }

        if (place + 2 < count)
        {
            dither[place + 2] = Philox.Centred(words.Third);
        }

        if (place + 3 < count)
        {
            dither[place + 3] = Philox.Centred(words.Fourth);
        }
    }
}
