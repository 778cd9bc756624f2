using System.Buffers.Binary;
using CsCheck;
using LayerDsl.Examples.Data;

namespace LayerDsl.Tests.Examples;

public sealed class IdxFileTests
{
    [Fact]
    public void Sizes_and_elements_are_read_in_order()
    {
        var file = IdxFile.Parse(Idx([2, 3], [1, 2, 3, 4, 5, 6]), "test");
        Assert.Equal([2, 3], file.Dimensions);
        Assert.Equal([1, 2, 3, 4, 5, 6], file.Elements.ToArray());
    }

    [Theory]
    [InlineData("", "0 bytes are too few")]
    [InlineData("000008", "3 bytes are too few")]
    [InlineData("00000D0100000001FF", "begins with 00000D")]
    [InlineData("1F8B080100000001FF", "begins with 1F8B08")]
    [InlineData("00000800", "0 dimensions")]
    [InlineData("000008FF00000001", "255 dimensions")]
    [InlineData("00000801000000", "1 dimensions")]
    [InlineData("0000080100000000", "dimension 0 is 0")]
    [InlineData("00000801FFFFFFFF00", "dimension 0 is 4294967295")]
    [InlineData("000008018000000000", "dimension 0 is 2147483648")]
    [InlineData("0000080100000002FF", "holds 1 elements; its dimensions (2) need more")]
    [InlineData("0000080100000001FFFF", "holds 2 elements; its dimensions (1) need fewer")]
    [InlineData("000008037FFFFFFF7FFFFFFF7FFFFFFFAA", "need more")]
    [InlineData("0000080400010000000100000001000000010000", "need more")]
    public void A_broken_file_is_refused_with_the_reason(string content, string reason)
    {
        var error = Assert.Throws<DataFormatException>(() => IdxFile.Parse(Convert.FromHexString(content), "broken-idx"));
        Assert.StartsWith("'broken-idx': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_are_the_result_fits_them_or_is_a_typed_error()
    {
        // Headers that are nearly right reach further than random bytes.
        var header = Gen.OneOf(Gen.Const(new byte[] { 0, 0, 8, 1, 0, 0, 0 }), Gen.Const(new byte[] { 0, 0, 8, 2, 0, 0, 0 }), Gen.Byte.Array[0, 8]);
        Gen.Select(header, Gen.Byte.Array[0, 40]).Sample((start, rest) =>
        {
            byte[] content = [.. start, .. rest];
            try
            {
                var file = IdxFile.Parse(content, "random");
                return file.Dimensions.Aggregate(1L, (count, size) => count * size) == file.Elements.Length
                    && 4 + (4 * file.Dimensions.Count) + file.Elements.Length == content.Length;
            }
            catch (DataFormatException)
            {
                return true;
            }
        });
    }

    [Fact]
    public void Images_are_scaled_and_paired_with_their_labels()
    {
        var pixels = new byte[2 * 784];
        pixels[784] = 255;
        pixels[785] = 51;
        var images = FashionMnistData.Combine(Parse([2, 28, 28], pixels), "images", Parse([2], [9, 0]), "labels");
        Assert.Equal((2, 784), (images.Count, images.PixelsPerImage));
        Assert.Equal([9, 0], images.Labels);
        Assert.Equal([0f, 1f, 0.2f, 0f], images.Pixels[783..787]);
        Assert.Equal(1, images.Take(1).Count);
        Assert.Equal(784, images.Take(1).Pixels.Length);
        Assert.Equal(2, images.Take(5).Count);
    }

    [Fact]
    public void Images_and_labels_that_do_not_fit_each_other_are_refused()
    {
        var image = Parse([1, 28, 28], new byte[784]);
        Assert.Contains("(1, 14, 56), not (n, 28, 28)", Refusal(Parse([1, 14, 56], new byte[784]), Parse([1], [0])), StringComparison.Ordinal);
        Assert.Contains("(784), not (n, 28, 28)", Refusal(Parse([784], new byte[784]), Parse([1], [0])), StringComparison.Ordinal);
        Assert.Contains("(2), not (1)", Refusal(image, Parse([2], [0, 0])), StringComparison.Ordinal);
        Assert.Contains("(1, 1), not (1)", Refusal(image, Parse([1, 1], [0])), StringComparison.Ordinal);
        Assert.Contains("label 0 is 10; there are 10 classes", Refusal(image, Parse([1], [10])), StringComparison.Ordinal);
    }

    private static string Refusal(IdxFile images, IdxFile labels) =>
        Assert.Throws<DataFormatException>(() => FashionMnistData.Combine(images, "images", labels, "labels")).Message;

    private static IdxFile Parse(int[] dimensions, byte[] elements) => IdxFile.Parse(Idx(dimensions, elements), "test");

    internal static byte[] Idx(int[] dimensions, byte[] elements)
    {
        var content = new byte[4 + (4 * dimensions.Length) + elements.Length];
        content[2] = 8;
        content[3] = (byte)dimensions.Length;
        for (var axis = 0; axis < dimensions.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4 + (4 * axis)), dimensions[axis]);
        }

        elements.CopyTo(content, 4 + (4 * dimensions.Length));
        return content;
    }
}
