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

    /// <summary>
    /// The same images, each as square patches from left to right and from top to bottom, the pixels of a patch one after the other:
    /// what a linear layer makes of each patch is a convolution whose stride is its width.
    /// </summary>
    /// <param name="side">Pixels along the side of a patch.</param>
    /// <exception cref="ArgumentException">The images are not square, or the patches do not fill them.</exception>
    public LabelledImages InPatches(int side)
    {
        var width = (int)Math.Sqrt(PixelsPerImage);
        if (side < 1 || width * width != PixelsPerImage || width % side != 0)
        {
            throw new ArgumentException($"Images of {PixelsPerImage} pixels do not divide into patches of {side} × {side}.", nameof(side));
        }

        var (across, target) = (width / side, 0);
        var pixels = new float[Pixels.Length];
        for (var image = 0; image < Count; image++)
        {
            for (var patch = 0; patch < across * across; patch++)
            {
                for (var row = 0; row < side; row++)
                {
                    var source = (image * PixelsPerImage) + (((patch / across * side) + row) * width) + (patch % across * side);
                    Pixels.AsSpan(source, side).CopyTo(pixels.AsSpan(target, side));
                    target += side;
                }
            }
        }

        return this with { Pixels = pixels };
    }
}
