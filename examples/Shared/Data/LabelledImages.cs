namespace LayerDsl.Examples.Data;

/// <summary>Grey images, each with its class.</summary>
/// <param name="Pixels">All images one after the other, each from 0 to 1.</param>
/// <param name="Labels">The class of each image.</param>
/// <param name="PixelsPerImage">How many pixels an image has.</param>
public sealed record LabelledImages(float[] Pixels, byte[] Labels, int PixelsPerImage)
{
    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The first images only, for a quick run.</summary>
    /// <param name="count">How many; all of them if there are fewer.</param>
    public LabelledImages Take(int count)
    {
        var kept = Math.Min(count, Count);
        return this with { Pixels = Pixels[..(kept * PixelsPerImage)], Labels = Labels[..kept] };
    }
}
