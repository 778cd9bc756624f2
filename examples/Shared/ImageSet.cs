using static TorchSharp.torch;

namespace LayerDsl.Examples;

/// <summary>Images with labels, scaled to [0, 1].</summary>
/// <param name="Pixels">(count, size), row major.</param>
/// <param name="Labels">One class per image.</param>
/// <param name="Size">Values per image.</param>
public sealed record ImageSet(float[] Pixels, long[] Labels, int Size)
{
    public int Count => Labels.Length;

    /// <summary>The images as a tensor (count, size).</summary>
    public Tensor Images() => tensor(Pixels, Count, Size);

    /// <summary>The labels as a tensor (count).</summary>
    public Tensor Classes() => tensor(Labels);

    /// <summary>The first images.</summary>
    public ImageSet Take(int count) => new(Pixels[..(Math.Min(count, Count) * Size)], Labels[..Math.Min(count, Count)], Size);
}
