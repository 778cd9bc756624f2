using System.Security.Cryptography;
using LayerDsl.Examples.Data;

namespace LayerDsl.Tests.Examples;

public sealed class DigitsDataTests
{
    [Fact]
    public void The_embedded_file_is_the_one_that_was_published()
    {
        using var resource = typeof(DigitsData).Assembly.GetManifestResourceStream(DigitsData.Resource)!;
        Assert.Equal("46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a", Convert.ToHexStringLower(SHA256.HashData(resource)));
    }

    [Fact]
    public void All_images_are_there_once_and_scaled_to_one()
    {
        var data = DigitsData.Load();
        Assert.Equal((1440, 357), (data.Train.Count, data.Test.Count));
        Assert.All([data.Train, data.Test], images =>
        {
            Assert.Equal(64, images.PixelsPerImage);
            Assert.Equal(images.Count * 64, images.Pixels.Length);
            Assert.Equal(0, images.Pixels.Min());
            Assert.Equal(1, images.Pixels.Max());
            Assert.All(images.Pixels, pixel => Assert.Equal(Math.Round(pixel * 16), pixel * 16));
        });
    }

    [Fact]
    public void The_first_images_are_the_digits_in_order()
    {
        var data = DigitsData.Load();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], data.Train.Labels[..10]);

        // The first row of the published file, scaled.
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0], data.Train.Pixels[..16].Select(pixel => (int)(pixel * 16)));
    }

    [Fact]
    public void Every_class_has_its_share_of_the_test_images()
    {
        var counts = DigitsData.Load().Test.Labels.CountBy(label => label).ToDictionary();
        Assert.Equal(10, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 33, 39));
    }

    [Theory]
    [InlineData("1,2,3", "row 0 has 3 values")]
    [InlineData("17,{0}", "row 0 has '17' where a number from 0 to 16")]
    [InlineData("-1,{0}", "row 0 has '-1'")]
    [InlineData("x,{0}", "row 0 has 'x'")]
    public void A_broken_row_is_refused_with_its_number(string row, string reason)
    {
        var rest = string.Join(',', Enumerable.Repeat("0", 64));
        var error = Assert.Throws<DataFormatException>(() => DigitsData.Divide(row.Replace("{0}", rest, StringComparison.Ordinal)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_above_nine_is_refused()
    {
        var error = Assert.Throws<DataFormatException>(() => DigitsData.Divide(string.Join(',', Enumerable.Repeat("0", 64)) + ",10"));
        Assert.Contains("'10' where a number from 0 to 9", error.Message, StringComparison.Ordinal);
    }
}
