using System.Buffers.Binary;
using System.Text;

namespace LayerDsl.Tests.Core.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly TemporaryDirectory directory = new();

    private string Target => directory["weights"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        SafetensorsWriter.Write(
            Target,
            [new("b", SafetensorsType.U8, [3], new byte[] { 1, 2, 3 }), SafetensorsEntry.FromFloats("a", [1f, -2f], 2, 1)],
            new Dictionary<string, string> { ["z"] = "\"é\"", ["k"] = "v" });

        const string header = """{"__metadata__":{"k":"v","z":"\"é\""},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}"""
            + ""","b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";
        var json = Encoding.UTF8.GetBytes(header);
        var padded = (json.Length + 7) / 8 * 8;
        byte[] expected =
        [
            (byte)padded, 0, 0, 0, 0, 0, 0, 0, .. json, .. Enumerable.Repeat((byte)' ', padded - json.Length),
            0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0xC0, 1, 2, 3,
        ];
        Assert.Equal(expected, File.ReadAllBytes(Target));
    }

    [Fact]
    public void A_file_without_tensors_is_an_empty_header()
    {
        SafetensorsWriter.Write(Target, [], NoMetadata);

        Assert.Equal("\b\0\0\0\0\0\0\0{}      "u8.ToArray(), File.ReadAllBytes(Target));
    }

    [Fact]
    public void The_order_of_the_arguments_does_not_show_in_the_bytes()
    {
        SafetensorsEntry[] tensors =
        [
            SafetensorsEntry.FromFloats("x", [1f], 1),
            SafetensorsEntry.FromFloats("y", [2f], 1),
            new("w", SafetensorsType.F64, [], new byte[8]),
        ];
        SafetensorsWriter.Write(directory["1"], tensors, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        SafetensorsWriter.Write(directory["2"], [.. tensors.Reverse()], new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });

        Assert.Equal(File.ReadAllBytes(directory["1"]), File.ReadAllBytes(directory["2"]));
        Assert.Equal(["w", "x", "y"], SafetensorsFile.Read(directory["1"]).Names);
    }

    [Fact]
    public void Data_starts_at_the_next_multiple_of_eight_whatever_the_header()
    {
        for (var length = 1; length < 20; length++)
        {
            SafetensorsWriter.Write(Target, [], new Dictionary<string, string> { ["k"] = new string('x', length) });

            var bytes = File.ReadAllBytes(Target);
            var json = $$$"""{"__metadata__":{"k":"{{{new string('x', length)}}}"}}""".Length;
            Assert.Equal((ulong)(json + 7) / 8 * 8, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            Assert.Equal(0, bytes.Length % 8);
        }
    }

    [Fact]
    public void An_existing_file_is_replaced_and_nothing_else_remains()
    {
        File.WriteAllText(Target, "old");

        SafetensorsWriter.Write(Target, [SafetensorsEntry.FromFloats("a", [1f], 1)], NoMetadata);

        Assert.Equal(["a"], SafetensorsFile.Read(Target).Names);
        Assert.Equal(["weights"], directory.Files());
    }

    [Fact]
    public void Bad_tensors_are_refused_before_the_disk_is_touched()
    {
        File.WriteAllText(Target, "old");
        var one = SafetensorsEntry.FromFloats("a", [1f], 1);
        (SafetensorsEntry[] Tensors, string Says)[] cases =
        [
            ([one, one], "'a' is taken"),
            ([one with { Name = "__metadata__" }], "reserved"),
            ([one with { Shape = [2] }], "takes 8 bytes, but has 4"),
            ([one with { Shape = [-1, -1] }], "[-1, -1] takes no whole number"),
            ([one with { Shape = [long.MaxValue, long.MaxValue] }], "takes no whole number"),
            ([one with { Type = SafetensorsType.F4, Shape = [3] }], "takes no whole number"),
            ([one with { Name = "half \ud800" }], "Unable to translate"),
        ];

        Assert.All(cases, test =>
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => SafetensorsWriter.Write(Target, test.Tensors, NoMetadata));
            Assert.Contains(test.Says, error.Message, StringComparison.Ordinal);
        });
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["weights"], directory.Files());
    }

    [Fact]
    public void A_target_that_is_a_directory_is_refused_and_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(Target);

        var error = Assert.Throws<FoldedFileException>(() => SafetensorsWriter.Write(Target, [], NoMetadata));

        Assert.Equal(Target, error.Path);
        Assert.Contains("unchanged", error.Reason, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
        Assert.Equal(["weights"], directory.Files());
    }

    [Fact]
    public void A_directory_that_is_not_there_is_refused()
    {
        var error = Assert.Throws<FoldedFileException>(() => SafetensorsWriter.Write(directory["missing/weights"], [], NoMetadata));

        Assert.Contains("cannot be written", error.Reason, StringComparison.Ordinal);
        Assert.Empty(directory.Files());
    }

    [Fact]
    public void A_disk_that_fills_up_half_way_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(Target, "old");

        var error = Assert.Throws<FoldedFileException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));

        Assert.Contains("No space left on device", error.Reason, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["weights"], directory.Files());
    }

    [Fact]
    public void An_error_of_another_kind_passes_through_and_leaves_the_old_file()
    {
        File.WriteAllText(Target, "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Target, _ => throw new InvalidOperationException()));

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["weights"], directory.Files());
    }
}
