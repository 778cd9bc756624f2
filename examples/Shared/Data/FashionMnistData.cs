namespace LayerDsl.Examples.Data;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747): 28 × 28 grey images of clothing in ten classes.</summary>
/// <param name="Train">60 000 images to learn from.</param>
/// <param name="Test">10 000 images to measure with.</param>
public sealed record FashionMnistData(LabelledImages Train, LabelledImages Test)
{
    /// <summary>The Debian package with the data set.</summary>
    public const string Package = "dataset-fashion-mnist";

    /// <summary>The number of classes.</summary>
    public const int Classes = 10;

    private const int Side = 28;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The four files, by the hashes of their content.</summary>
    public static IReadOnlyList<DataFile> Files { get; } =
    [
        new("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        new("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        new("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        new("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    /// <summary>Reads the data set, fetching first what the cache does not hold.</summary>
    /// <param name="cache">Where the files are kept.</param>
    /// <param name="run">Runs the programs that fetch.</param>
    /// <param name="report">Is given the fraction done and what is being done.</param>
    /// <exception cref="DataFetchException">The data could not be fetched; the message says how to put it there by hand.</exception>
    public static FashionMnistData Load(DataCache cache, RunProcess run, Action<double, string> report)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        using var mine = cache.Lock(Patience);
        var folder = cache.Folder("fashion-mnist");
        Complete(Files, folder, new DebianPackage(Package, Path.Combine(cache.Root, "download-" + Package), run), report);
        report(1, "ready");
        return new FashionMnistData(Read(folder, Files[0], Files[1]), Read(folder, Files[2], Files[3]));
    }

    /// <summary>Brings the files into the folder, unless all are there with the right content.</summary>
    internal static void Complete(IReadOnlyList<DataFile> files, string folder, DebianPackage package, Action<double, string> report)
    {
        // Twice: a download that turned out to be damaged is thrown away and fetched once more.
        for (var attempt = 0; !files.All(file => file.IsIn(folder)); attempt++)
        {
            if (attempt == 2)
            {
                var wrong = files.First(file => !file.IsIn(folder));
                throw new DataFetchException($"The package '{Package}' holds no '{wrong.Name}' with SHA-256 {wrong.Sha256}. {ByHand(folder)}");
            }

            FetchInto(files, folder, package, report);
        }
    }

    private static void FetchInto(IReadOnlyList<DataFile> files, string folder, DebianPackage package, Action<double, string> report)
    {
        try
        {
            if (package.Fetch(report) is { } unpacked)
            {
                foreach (var file in files)
                {
                    file.TakeFrom(Path.Combine(unpacked, "usr", "share", "datasets", "fashion-mnist"), folder);
                }
            }
        }
        catch (Exception error) when (error is ProgramNotFoundException or DataFetchException)
        {
            throw new DataFetchException($"Fashion-MNIST could not be fetched: {error.Message}\n{ByHand(folder)}", error);
        }

        package.Discard();
    }

    private static string ByHand(string folder) =>
        $"Put these files there by hand, as they are or with .gz, from any copy of the data set:\n{string.Join('\n', Files.Select(file => "  " + Path.Combine(folder, file.Name)))}";

    private static LabelledImages Read(string folder, DataFile imageFile, DataFile labelFile)
    {
        var images = IdxFile.Parse(File.ReadAllBytes(Path.Combine(folder, imageFile.Name)), imageFile.Name);
        var labels = IdxFile.Parse(File.ReadAllBytes(Path.Combine(folder, labelFile.Name)), labelFile.Name);
        return Combine(images, imageFile.Name, labels, labelFile.Name);
    }

    /// <summary>Pairs images with labels, each 28 × 28, as many of both, no class above 9.</summary>
    internal static LabelledImages Combine(IdxFile images, string imageName, IdxFile labels, string labelName)
    {
        if (images.Dimensions is not [var count, Side, Side])
        {
            throw new DataFormatException(imageName, $"has the shape ({string.Join(", ", images.Dimensions)}), not (n, {Side}, {Side}).");
        }

        if (labels.Dimensions is not [var labelCount] || labelCount != count)
        {
            throw new DataFormatException(labelName, $"has the shape ({string.Join(", ", labels.Dimensions)}), not ({count}), as '{imageName}' has images.");
        }

        var classes = labels.Elements.ToArray();
        if (Array.FindIndex(classes, label => label >= Classes) is >= 0 and var at)
        {
            throw new DataFormatException(labelName, $"label {at} is {classes[at]}; there are {Classes} classes.");
        }

        var pixels = new float[images.Elements.Length];
        var bytes = images.Elements.Span;
        for (var k = 0; k < pixels.Length; k++)
        {
            pixels[k] = bytes[k] / 255f;
        }

        return new LabelledImages(pixels, classes, Side * Side);
    }
}
