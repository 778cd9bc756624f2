using System.IO.Compression;
using System.Security.Cryptography;
using LayerDsl.Examples.Data;
using LayerDsl.Tests.Core;

namespace LayerDsl.Tests.Examples;

public sealed class FetchTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> Contents = new()
    {
        ["images"] = [.. Enumerable.Range(0, 5000).Select(k => (byte)(k * k))],
        ["labels"] = [.. Enumerable.Range(0, 300).Select(k => (byte)k)],
    };

    private static readonly DataFile[] Files =
        [.. Contents.Select(pair => new DataFile(pair.Key, Convert.ToHexStringLower(SHA256.HashData(pair.Value))))];

    private readonly TemporaryDirectory cache = new();

    private string DownloadFolder => cache["download"];

    public void Dispose() => cache.Dispose();

    [Fact]
    public void A_first_fetch_brings_all_files_and_leaves_nothing_else()
    {
        var debian = new FakeDebian(Contents);
        Fetch(debian);
        AssertComplete();
        Assert.Equal(["download", "unpack"], debian.Calls);
    }

    [Fact]
    public void A_complete_cache_is_not_fetched_again()
    {
        Fetch(new FakeDebian(Contents));
        var debian = new FakeDebian(Contents);
        Fetch(debian);
        Assert.Empty(debian.Calls);
        AssertComplete();
    }

    [Fact]
    public void An_unknown_package_makes_the_lists_be_fetched_once()
    {
        var debian = new FakeDebian(Contents) { SystemKnowsPackage = false };
        Fetch(debian);
        AssertComplete();
        Assert.Equal(["download", "update with own lists", "download with own lists", "unpack"], debian.Calls);
    }

    [Fact]
    public void A_damaged_archive_left_behind_is_thrown_away_and_fetched_again()
    {
        Directory.CreateDirectory(DownloadFolder);
        File.WriteAllText(Path.Combine(DownloadFolder, FakeDebian.Archive), "half of it");
        var debian = new FakeDebian(Contents);
        Fetch(debian);
        AssertComplete();
        Assert.Equal(["download", "unpack", "download", "unpack"], debian.Calls);
    }

    [Fact]
    public void An_unpacking_that_was_broken_off_is_started_anew()
    {
        var rest = Directory.CreateDirectory(Path.Combine(DownloadFolder, "unpacked.tmp", "usr")).FullName;
        File.WriteAllText(Path.Combine(rest, "half"), "x");
        File.WriteAllText(Path.Combine(DownloadFolder, FakeDebian.Archive), "whole");
        File.WriteAllText(cache["images.tmp"], "half a file");
        Fetch(new FakeDebian(Contents));
        AssertComplete();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_with_wrong_content_is_fetched_again(bool cutOff)
    {
        Fetch(new FakeDebian(Contents));
        File.WriteAllBytes(cache["images"], cutOff ? Contents["images"][..100] : [.. Contents["images"].Reverse()]);
        var debian = new FakeDebian(Contents);
        Fetch(debian);
        AssertComplete();
        Assert.NotEmpty(debian.Calls);
    }

    [Fact]
    public void Files_put_there_by_hand_are_taken_compressed_or_not()
    {
        File.WriteAllBytes(cache["labels"], Contents["labels"]);
        Pack(cache["images.gz"], Contents["images"]);
        var debian = new FakeDebian(Contents) { Installed = false };
        Fetch(debian);
        Assert.Empty(debian.Calls);
        Assert.Equal(Contents["images"], File.ReadAllBytes(cache["images"]));
    }

    [Fact]
    public void A_broken_compressed_file_is_no_obstacle()
    {
        Pack(cache["images.gz"], Contents["images"]);
        using (var packed = File.OpenWrite(cache["images.gz"]))
        {
            packed.SetLength(packed.Length / 2);
        }

        File.WriteAllText(cache["labels.gz"], "no gzip at all");
        Fetch(new FakeDebian(Contents));
        Assert.All(Contents, pair => Assert.Equal(pair.Value, File.ReadAllBytes(cache[pair.Key])));
    }

    [Fact]
    public void Without_apt_the_error_says_where_the_files_go_by_hand()
    {
        var error = Assert.Throws<DataFetchException>(() => Fetch(new FakeDebian(Contents) { Installed = false }));
        Assert.Contains("'apt-get' is not installed", error.Message, StringComparison.Ordinal);
        Assert.All(FashionMnistData.Files, file => Assert.Contains(cache[file.Name], error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_network_the_error_repeats_what_apt_said()
    {
        var error = Assert.Throws<DataFetchException>(() => Fetch(new FakeDebian(Contents) { Reachable = false }));
        Assert.Contains("E: no network", error.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 100", error.Message, StringComparison.Ordinal);
        Assert.Contains("by hand", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(cache["images"]));
    }

    [Fact]
    public void Other_content_than_expected_is_an_error_after_two_attempts()
    {
        var debian = new FakeDebian(Contents) { OtherContent = true };
        var error = Assert.Throws<DataFetchException>(() => Fetch(debian));
        Assert.Contains(Files[0].Sha256, error.Message, StringComparison.Ordinal);
        Assert.Equal(["download", "unpack", "download", "unpack"], debian.Calls);
        Assert.Empty(cache.Files());
    }

    [Fact]
    public void Progress_is_what_apt_reports()
    {
        var reports = new List<(double Fraction, string Note)>();
        Fetch(new FakeDebian(Contents), (fraction, note) => reports.Add((fraction, note)));
        Assert.Equal([(0.5, "downloading"), (1, "unpacking")], reports);
    }

    [Fact]
    public void Two_programs_do_not_fetch_into_one_cache_at_once()
    {
        var shared = new DataCache(cache.Path);
        using (shared.Lock(TimeSpan.Zero))
        {
            var error = Assert.Throws<DataFetchException>(() => shared.Lock(TimeSpan.FromMilliseconds(150)));
            Assert.Contains(cache[".lock"], error.Message, StringComparison.Ordinal);
        }

        shared.Lock(TimeSpan.Zero).Dispose();
    }

    private void Fetch(FakeDebian debian, Action<double, string>? report = null) => FashionMnistData.Complete(
        Files, cache.Path, new DebianPackage(FakeDebian.Package, DownloadFolder, debian.Run), report ?? ((_, _) => { }));

    private void AssertComplete()
    {
        Assert.All(Contents, pair => Assert.Equal(pair.Value, File.ReadAllBytes(cache[pair.Key])));
        Assert.Equal(Contents.Keys.Order(StringComparer.Ordinal), cache.Files());
    }

    private static void Pack(string path, byte[] content)
    {
        using var packed = new GZipStream(File.Create(path), CompressionMode.Compress);
        packed.Write(content);
    }
}
