using LayerDsl.Examples.Data;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Examples;

public sealed class LabelledImagesTests
{
    [Fact]
    public void Patches_follow_each_other_from_left_to_right_and_top_to_bottom()
    {
        var images = new LabelledImages([.. Enumerable.Range(0, 32).Select(k => (float)k)], [3, 4], 16);
        var patches = images.InPatches(2);
        Assert.Equal([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15], patches.Pixels[..16]);
        Assert.Equal(patches.Pixels[..16].Select(pixel => pixel + 16), patches.Pixels[16..]);
        Assert.Equal(images.Labels, patches.Labels);
        Assert.Equal(16, patches.PixelsPerImage);
    }

    [Fact]
    public void A_linear_layer_over_patches_is_a_convolution_whose_stride_is_its_kernel()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var weight = randn(5, 1, 7, 7);
        var images = new LabelledImages(rand(3 * 784).data<float>().ToArray(), new byte[3], 784);
        var convolved = nn.functional.conv2d(tensor(images.Pixels, [3, 1, 28, 28]), weight, strides: [7, 7]).flatten(2).transpose(1, 2);
        var patched = tensor(images.InPatches(7).Pixels, [3, 16, 49]).matmul(weight.reshape(5, 49).t());

        // Sums of 49 products below 5: another order of adding moves them by less than 49 · 49 · 5 · 2⁻²⁴.
        Assert.True((convolved - patched).abs().max().item<float>() < 1e-3f);
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(16, 0)]
    [InlineData(16, 8)]
    [InlineData(15, 3)]
    public void Patches_that_do_not_fill_the_images_are_refused(int pixels, int side)
    {
        var error = Assert.Throws<ArgumentException>(() => new LabelledImages(new float[pixels], [0], pixels).InPatches(side));
        Assert.Contains($"{pixels} pixels do not divide into patches of {side} × {side}", error.Message, StringComparison.Ordinal);
    }
}
