using System.Globalization;
using System.IO.Compression;

namespace LayerDsl.Examples.Data;

/// <summary>
/// The small handwritten digits of Alpaydin and Kaynak (1998), as scikit-learn distributes them: 1797 images of 8 × 8 pixels in
/// ten classes, embedded in this assembly.
/// </summary>
/// <param name="Train">Four blocks of ten images out of five.</param>
/// <param name="Test">Every fifth block of ten. A block has about one image of each class, most often by one writer.</param>
public sealed record DigitsData(LabelledImages Train, LabelledImages Test)
{
    /// <summary>The number of classes.</summary>
    public const int Classes = 10;

    internal const string Resource = "digits.csv.gz";
    private const int PixelsPerImage = 64;
    private const float Brightest = 16;
    private const int BlockSize = 10;
    private const int BlocksPerTestBlock = 5;

    /// <summary>Reads and divides the images. The division is always the same.</summary>
    public static DigitsData Load()
    {
        using var resource = typeof(DigitsData).Assembly.GetManifestResourceStream(Resource)
            ?? throw new DataFormatException(Resource, "is not in the assembly.");
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        return Divide(reader.ReadToEnd());
    }

    internal static DigitsData Divide(string csv)
    {
        var rows = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ReadRow).ToArray();
        var divided = rows.Index().ToLookup(row => row.Index / BlockSize % BlocksPerTestBlock == BlocksPerTestBlock - 1, row => row.Item);
        return new DigitsData(Together(divided[false]), Together(divided[true]));
    }

    private static (float[] Pixels, byte Label) ReadRow(string line, int row)
    {
        var values = line.Split(',');
        if (values.Length != PixelsPerImage + 1)
        {
            throw new DataFormatException(Resource, $"row {row} has {values.Length} values, not {PixelsPerImage + 1}.");
        }

        var pixels = values[..PixelsPerImage].Select(value => Read(value, row, (byte)Brightest) / Brightest).ToArray();
        return (pixels, Read(values[PixelsPerImage], row, Classes - 1));
    }

    private static byte Read(string text, int row, byte most) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= most
            ? value
            : throw new DataFormatException(Resource, $"row {row} has '{text}' where a number from 0 to {most} must be.");

    private static LabelledImages Together(IEnumerable<(float[] Pixels, byte Label)> rows) =>
        new([.. rows.SelectMany(row => row.Pixels)], [.. rows.Select(row => row.Label)], PixelsPerImage);
}
