namespace LayerDsl;

/// <summary>The channels of a two-dimensional convolution, its square kernel, and how that slides over an image padded with zeros.</summary>
/// <param name="InChannels">Channels of the input.</param>
/// <param name="OutChannels">Channels of the output.</param>
/// <param name="KernelSize">Height and width of the kernel.</param>
/// <param name="Stride">How far the kernel moves from one output to the next.</param>
/// <param name="Padding">Zeros on each side of the image.</param>
/// <param name="Dilation">The distance between the inputs that neighbouring kernel elements meet.</param>
/// <param name="Groups">Into how many groups the channels are split.</param>
public readonly record struct Conv2dGeometry(
    int InChannels, int OutChannels, int KernelSize, int Stride = 1, int Padding = 0, int Dilation = 1, int Groups = 1)
{
    /// <summary>How many inputs one output meets.</summary>
    public int InputsPerOutput => InChannels / Groups * KernelSize * KernelSize;

    /// <summary>The least height and width of an image.</summary>
    public int SmallestImage => Math.Max(1, Extent - (2 * Padding));

    /// <summary>How many rows or columns one kernel spans.</summary>
    private int Extent => (Dilation * (KernelSize - 1)) + 1;

    /// <summary>The outputs along a side of an image.</summary>
    /// <param name="size">The image's height or width; at least <see cref="SmallestImage"/>.</param>
    public int OutputSize(int size) => ((size + (2 * Padding) - Extent) / Stride) + 1;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{InChannels} → {OutChannels}, kernel {KernelSize}, stride {Stride}, padding {Padding}, dilation {Dilation}, groups {Groups}";

    /// <summary>Refuses sizes that no convolution has.</summary>
    internal void Check(string layer)
    {
        Require.Positive(layer, "input channels", InChannels);
        Require.Positive(layer, "output channels", OutChannels);
        Require.Positive(layer, "kernel size", KernelSize);
        Require.Positive(layer, "stride", Stride);
        Require.Positive(layer, "dilation", Dilation);
        Require.Positive(layer, "groups", Groups);
        if (Padding < 0)
        {
            throw new LayerShapeException(layer, "padding", "0 or more", $"{Padding}");
        }

        if (InChannels % Groups != 0 || OutChannels % Groups != 0)
        {
            throw new LayerShapeException(layer, "groups", $"a divisor of {InChannels} and {OutChannels}", $"{Groups}");
        }
    }
}
