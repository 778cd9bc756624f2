using CsCheck;

namespace LayerDsl.Tests.Loading;

public sealed class GlibcxxRequirementTests
{
    private static readonly HashSet<string> Older = [.. Enumerable.Range(0, 31).Select(k => "GLIBCXX_3.4." + k), "GLIBCXX_3.4"];

    private static readonly byte[] Shipped = File.ReadAllBytes(
        Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First());

    [Fact]
    public void One_flag_is_set_where_the_system_is_older()
    {
        var patched = (byte[])Shipped.Clone();
        Assert.True(GlibcxxRequirement.TryRelax(patched, Older));
        var changed = Enumerable.Range(0, patched.Length).Where(k => patched[k] != Shipped[k]).ToArray();
        var at = Assert.Single(changed);
        Assert.Equal(0, Shipped[at]);
        Assert.Equal(2, patched[at]);
    }

    [Fact]
    public void A_second_time_nothing_is_left_to_do()
    {
        var patched = (byte[])Shipped.Clone();
        Assert.True(GlibcxxRequirement.TryRelax(patched, Older));
        Assert.False(GlibcxxRequirement.TryRelax(patched, Older));
    }

    [Fact]
    public void Nothing_is_done_where_the_system_has_the_version_or_is_not_known()
    {
        var bytes = (byte[])Shipped.Clone();
        Assert.False(GlibcxxRequirement.TryRelax(bytes, new HashSet<string>(Older) { "GLIBCXX_3.4.31", "GLIBCXX_3.4.32" }));
        Assert.False(GlibcxxRequirement.TryRelax(bytes, new HashSet<string>()));
        Assert.Equal(Shipped, bytes);
    }

    [Fact]
    public void A_version_that_is_really_used_is_refused()
    {
        var error = Assert.Throws<NativeLibraryFormatException>(() => GlibcxxRequirement.TryRelax((byte[])Shipped.Clone(), new HashSet<string> { "GLIBCXX_3.4" }));
        Assert.Contains("GLIBCXX_3.4.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_refused_or_left_alone_and_never_read_outside()
    {
        // Headers and the tables they point to: where damage hurts. Each sample damages some bytes, or cuts the file.
        var header = Gen.Select(Gen.Int[0, 63], Gen.Byte);
        var sections = Gen.Select(Gen.Int[Shipped.Length - 4096, Shipped.Length - 1], Gen.Byte);
        Gen.Select(Gen.OneOf(header, sections).List[1, 8], Gen.Int[0, Shipped.Length]).Sample(
            (changes, length) =>
            {
                AssertSafe(Changed(changes));
                AssertSafe(Shipped[..length]);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void Damaged_version_requirements_are_refused_or_left_alone_and_never_read_outside()
    {
        // Every byte of the section and of its header, with the values that reach furthest, and whatever else chance brings.
        var (section, header) = VersionNeeds();
        var places = Enumerable.Range((int)section.Offset, (int)section.Size).Concat(Enumerable.Range(header, 64)).ToArray();
        foreach (var at in places)
        {
            AssertSafe(Changed([(at, 0)]));
            AssertSafe(Changed([(at, 0xff)]));
        }

        Gen.Select(Gen.OneOf(places), Gen.Byte).List[2, 8].Sample(changes => AssertSafe(Changed(changes)), iter: 500, threads: 1);
    }

    [Fact]
    public void Chains_of_requirements_that_go_round_for_ever_are_refused()
    {
        var (section, header) = VersionNeeds();
        var record = (int)section.Offset;
        var auxiliary = record + (int)new ElfFile(Shipped).U32(record + 8);
        var bytes = (byte[])Shipped.Clone();
        bytes.AsSpan(header + 44, 4).Fill(0xff);
        bytes.AsSpan(record + 2, 2).Fill(0xff);
        bytes.AsSpan(record + 12, 4).Clear();
        bytes.AsSpan(auxiliary + 12, 4).Clear();
        var error = Assert.Throws<NativeLibraryFormatException>(() => GlibcxxRequirement.TryRelax(bytes, Older));
        Assert.Contains("more entries than it has room for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_systems_own_versions_are_found()
    {
        var versions = GlibcxxRequirement.SystemVersions();
        Assert.Equal(OperatingSystem.IsLinux(), versions.Contains("GLIBCXX_3.4"));
        Assert.DoesNotContain("GLIBCXX_3.4.9999", versions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ")]
    [InlineData("#!/bin/sh\nexit 0\n")]
    public void A_foreign_file_is_refused(string content) =>
        Assert.Throws<NativeLibraryFormatException>(() => GlibcxxRequirement.TryRelax(System.Text.Encoding.ASCII.GetBytes(content), Older));

    private static (ElfSection Section, int Header) VersionNeeds()
    {
        var file = new ElfFile(Shipped);
        var number = file.Sections.Select((section, k) => (section, k)).Single(pair => pair.section.Type == 0x6ffffffe).k;
        return (file.Sections[number], (int)file.U64(0x28) + (64 * number));
    }

    private static byte[] Changed(IEnumerable<(int At, byte Value)> changes)
    {
        var bytes = (byte[])Shipped.Clone();
        foreach (var (at, value) in changes)
        {
            bytes[at] = value;
        }

        return bytes;
    }

    private static void AssertSafe(byte[] bytes)
    {
        try
        {
            GlibcxxRequirement.TryRelax(bytes, Older);
        }
        catch (NativeLibraryFormatException)
        {
            // The one way to refuse; any other exception fails the test.
        }
    }
}
