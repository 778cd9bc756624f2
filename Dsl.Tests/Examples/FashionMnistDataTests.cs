using System.IO.Compression;
using System.Security.Cryptography;
using LayerDsl.Examples;

namespace LayerDsl.Tests.Examples;

/// <summary>Fetching with programs put in the place of apt-get and dpkg-deb, over four tiny files.</summary>
public sealed class FashionMnistDataTests : IDisposable
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 255, 10, 20, 30];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9];

    private readonly string cache = Directory.CreateTempSubdirectory("layerdsl-data-").FullName;

    private static (string, string)[] Files =>
        [("a-images", Hash(Images)), ("a-labels", Hash(Labels)), ("b-images", Hash(Images)), ("b-labels", Hash(Labels))];

    public void Dispose() => Directory.Delete(cache, recursive: true);

    [Fact]
    public void Data_is_fetched_once_and_read()
    {
        var debian = new FakeDebian();
        var data = new FashionMnistData(cache, debian, Files);
        var (training, _) = data.Load();
        Assert.Equal([0f, 0.2f, 1f, 10 / 255f, 20 / 255f, 30 / 255f], training.Pixels);
        Assert.Equal([7, 9], training.Labels);
        Assert.Equal(3, training.Size);
        data.Load();
        Assert.Equal(1, debian.Downloads);
    }

    [Fact]
    public void Missing_package_lists_are_fetched_first()
    {
        var debian = new FakeDebian { ListsAreMissing = true };
        new FashionMnistData(cache, debian, Files).Load();
        Assert.Equal(1, debian.Updates);
    }

    [Fact]
    public void A_broken_archive_and_a_damaged_file_are_fetched_again()
    {
        Directory.CreateDirectory(Path.Combine(cache, "fashion-mnist"));
        File.WriteAllText(Path.Combine(cache, "fashion-mnist", "dataset-fashion-mnist_0_all.deb"), "half of an arch");
        var debian = new FakeDebian();
        var data = new FashionMnistData(cache, debian, Files);
        data.Load();
        Assert.Equal(1, debian.Downloads);

        var file = Path.Combine(cache, "fashion-mnist", "b-labels.gz");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^6]);
        Assert.Equal(2, data.Load().Test.Count);
    }

    [Fact]
    public void Without_apt_the_error_says_where_to_put_the_files()
    {
        var error = Assert.Throws<DataUnavailableException>(() => new FashionMnistData(cache, new FakeDebian { IsMissing = true }, Files).Load());
        Assert.Contains(Path.Combine(cache, "fashion-mnist"), error.Message, StringComparison.Ordinal);
        Assert.Contains("a-images.gz", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000803")]
    [InlineData("0000080300000001000000010000000200")]
    [InlineData("000008037FFFFFFF7FFFFFFF7FFFFFFF00")]
    [InlineData("00000803FFFFFFFF000000010000000100")]
    [InlineData("00000801000000010000000100000001FF")]
    public void A_hostile_IDX_file_is_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(Convert.FromHexString(hex)));

    [Fact]
    public void The_digits_are_the_published_ones_and_split_the_same_way_each_time()
    {
        using var resource = typeof(DigitsData).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        Assert.Equal("46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a", Convert.ToHexStringLower(SHA256.HashData(resource)));
        var (training, test) = DigitsData.Load();
        Assert.Equal((1437, 360, 64), (training.Count, test.Count, test.Size));
        Assert.Equal(0, test.Labels[0]);
        Assert.All(training.Pixels, pixel => Assert.InRange(pixel, 0f, 1f));
        Assert.Equal(10, training.Labels.Distinct().Count());
        Assert.Equal(test.Pixels, DigitsData.Load().Test.Pixels);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private sealed class FakeDebian : ICommandRunner
    {
        public int Downloads { get; private set; }

        public int Updates { get; private set; }

        public bool ListsAreMissing { get; set; }

        public bool IsMissing { get; init; }

        public bool Run(string folder, string program, params string[] arguments) => !IsMissing && (program, arguments[0]) switch
        {
            ("apt-get", "update") => Update(),
            ("apt-get", "download") => Download(folder),
            ("dpkg-deb", "-x") => Unpack(arguments[1], arguments[2]),
            _ => false,
        };

        private bool Update()
        {
            Updates++;
            ListsAreMissing = false;
            return true;
        }

        private bool Download(string folder)
        {
            if (!ListsAreMissing)
            {
                Downloads++;
                File.WriteAllText(Path.Combine(folder, "dataset-fashion-mnist_1_all.deb"), "archive");
            }

            return !ListsAreMissing;
        }

        private static bool Unpack(string archive, string folder)
        {
            if (File.ReadAllText(archive) != "archive")
            {
                return false;
            }

            var target = Directory.CreateDirectory(Path.Combine(folder, "usr", "share", "datasets", "fashion-mnist")).FullName;
            foreach (var (name, _) in Files)
            {
                using var stream = new GZipStream(File.Create(Path.Combine(target, name + ".gz")), CompressionMode.Compress);
                stream.Write(name.EndsWith("images", StringComparison.Ordinal) ? Images : Labels);
            }

            return true;
        }
    }
}
