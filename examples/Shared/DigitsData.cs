using System.Globalization;
using System.IO.Compression;

namespace LayerDsl.Examples;

/// <summary>The handwritten digits of scikit-learn, 8 × 8 pixels, embedded in this assembly.</summary>
public static class DigitsData
{
    private const int Pixels = 64;
    private const float Brightest = 16;

    /// <summary>1437 images to train on and 360 to test on; every fifth image is for the test.</summary>
    public static (ImageSet Training, ImageSet Test) Load()
    {
        using var resource = typeof(DigitsData).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        var rows = new List<float[]>();
        while (reader.ReadLine() is { } line)
        {
            rows.Add([.. line.Split(',').Select(value => float.Parse(value, CultureInfo.InvariantCulture))]);
        }

        return (Select(rows.Where((_, k) => k % 5 != 0)), Select(rows.Where((_, k) => k % 5 == 0)));
    }

    private static ImageSet Select(IEnumerable<float[]> rows)
    {
        var chosen = rows.ToArray();
        return new ImageSet([.. chosen.SelectMany(row => row.Take(Pixels)).Select(value => value / Brightest)], [.. chosen.Select(row => (long)row[Pixels])], Pixels);
    }
}
