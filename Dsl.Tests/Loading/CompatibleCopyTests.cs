using LayerDsl.Tests.Core;

namespace LayerDsl.Tests.Loading;

public sealed class CompatibleCopyTests : IDisposable
{
    private static readonly HashSet<string> Older = [.. Enumerable.Range(0, 31).Select(k => "GLIBCXX_3.4." + k), "GLIBCXX_3.4"];

    private static readonly string Library = Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First();

    private readonly TemporaryDirectory directory = new();

    private string Application => directory["app"];

    private string Cache => directory["cache"];

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("runtimes/linux-x64/native")]
    public void The_copy_stands_beside_the_applications_library(string folder)
    {
        var shipped = Ship(Path.Combine(Application, folder));
        var copy = CompatibleCopy.Of(shipped, Older, Application, Cache);
        Assert.NotNull(copy);
        Assert.Equal(Path.GetDirectoryName(shipped), Path.GetDirectoryName(copy.Path));
        Assert.False(copy.IsTemporary);
        Assert.Equal(Patched(), File.ReadAllBytes(copy.Path));
        Assert.Equal(File.ReadAllBytes(Library), File.ReadAllBytes(shipped));
    }

    [Fact]
    public void A_folder_that_only_begins_with_the_applications_name_is_not_its_own()
    {
        var copy = CompatibleCopy.Of(Ship(Application + "-of-another"), Older, Application, Cache);
        Assert.Equal(Cache, Path.GetDirectoryName(copy!.Path));
    }

    [Fact]
    public void Nothing_is_written_to_a_package_cache_even_if_the_application_runs_there()
    {
        var shipped = Ship(Path.Combine(Application, "tools", "net10.0"));
        File.WriteAllText(Path.Combine(Application, ".nupkg.metadata"), "{}");
        var copy = CompatibleCopy.Of(shipped, Older, Path.GetDirectoryName(shipped)!, Cache);
        Assert.Equal(Cache, Path.GetDirectoryName(copy!.Path));
        Assert.Equal([shipped], Directory.GetFiles(Path.GetDirectoryName(shipped)!));
    }

    [Fact]
    public void Where_no_place_can_be_written_the_copy_is_in_a_new_folder_of_this_user_alone()
    {
        // A folder below a file can be created by nobody, the superuser included.
        var shipped = Ship(directory["elsewhere"]);
        var first = CompatibleCopy.Of(shipped, Older, Application, Path.Combine(shipped, "cache"));
        var second = CompatibleCopy.Of(shipped, Older, Application, userCache: null);
        Assert.True(first!.IsTemporary && second!.IsTemporary);
        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal(Patched(), File.ReadAllBytes(first.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.GetDirectoryName(first.Path)!));
        }

        first.DeleteIfTemporary();
        second.DeleteIfTemporary();
        Assert.False(Directory.Exists(Path.GetDirectoryName(first.Path)) || Directory.Exists(Path.GetDirectoryName(second.Path)));
    }

    [Fact]
    public void A_copy_that_is_there_is_used_and_a_damaged_one_replaced()
    {
        var shipped = Ship(Application);
        var copy = CompatibleCopy.Of(shipped, Older, Application, Cache)!.Path;
        var written = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(copy, written);
        Assert.Equal(copy, CompatibleCopy.Of(shipped, Older, Application, Cache)!.Path);
        Assert.Equal(written, File.GetLastWriteTimeUtc(copy));

        File.WriteAllBytes(copy, new byte[Patched().Length]);
        Assert.Equal(copy, CompatibleCopy.Of(shipped, Older, Application, Cache)!.Path);
        Assert.Equal(Patched(), File.ReadAllBytes(copy));
    }

    [Fact]
    public void Many_at_once_make_one_whole_copy_and_leave_nothing_else()
    {
        var shipped = Ship(Application);
        var copies = new CompatibleCopy?[16];
        Parallel.For(0, copies.Length, new ParallelOptions { MaxDegreeOfParallelism = copies.Length }, k =>
        {
            copies[k] = CompatibleCopy.Of(shipped, Older, Application, Cache);
            Assert.Equal(Patched(), File.ReadAllBytes(copies[k]!.Path));
        });
        var path = Assert.Single(copies.Select(copy => copy!.Path).Distinct());
        Assert.Equal(new[] { path, shipped }.Order(StringComparer.Ordinal), Directory.GetFiles(Application).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_copy_is_made_where_the_system_has_every_version()
    {
        var shipped = Ship(Application);
        Assert.Null(CompatibleCopy.Of(shipped, new HashSet<string>(Older) { "GLIBCXX_3.4.31", "GLIBCXX_3.4.32" }, Application, Cache));
        Assert.Equal([shipped], Directory.GetFiles(Application));
    }

    private static string Ship(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Path.GetFileName(Library));
        File.Copy(Library, path);
        return path;
    }

    private static byte[] Patched()
    {
        var bytes = File.ReadAllBytes(Library);
        Assert.True(GlibcxxRequirement.TryRelax(bytes, Older));
        return bytes;
    }
}
