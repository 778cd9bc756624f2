using System.Text;

namespace LayerDsl.Tests.Core.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private string Target => directory["weights"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_file_as_other_programs_write_it_is_read()
    {
        // Without padding, with white space, an escape, keys in another order, tensors not in the order of the data.
        Write(
            """{ "t\u00e9": {"data_offsets":[4,12],"shape":[1,2],"dtype":"F32"}, "s":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]} } """,
            [1, 2, 3, 4, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]);

        var file = SafetensorsFile.Read(Target);

        Assert.Equal(["s", "té"], file.Names);
        Assert.Equal([1f, -2f], file.GetFloats("té", 1, 2));
        Assert.Equal(new SafetensorsEntry("s", SafetensorsType.BF16, [2], new byte[] { 1, 2, 3, 4 }), file.Get("s"));
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void Tensors_without_elements_and_scalars_are_read()
    {
        Write("""{"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", new byte[4]);

        var file = SafetensorsFile.Read(Target);

        Assert.Empty(file.GetFloats("empty", 0, 3));
        Assert.Equal([0f], file.GetFloats("scalar"));
    }

    [Fact]
    public void Asking_for_the_wrong_tensor_tells_what_there_is()
    {
        Write("""{"t":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", new byte[4]);
        var file = SafetensorsFile.Read(Target);

        Says(Assert.Throws<FoldedFileException>(() => file.Get("other")), "'other' is missing", "'t'");
        Says(Assert.Throws<FoldedFileException>(() => file.GetFloats("t", 2)), "'t'", "F16", "F32");
    }

    [Theory]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", "names 't' twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "metadata name 'k' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "twice")]
    [InlineData("""{"__metadata__":{"k":1},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "Number, but must be String")]
    [InlineData("""{"__metadata__":[],"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "StartArray, but must be StartObject")]
    [InlineData("""{"t":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", "unknown dtype 'F33'")]
    [InlineData("""{"t":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", "unknown dtype 'f32'")]
    [InlineData("""{"t":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "repeated or unknown key 'dtype'")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":0}}""", "repeated or unknown key 'extra'")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1]}}""", "lacks")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", "lacks")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "no whole number of bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""", "no whole number of bytes")]
    [InlineData("""{"t":{"dtype":"F4","shape":[7],"data_offsets":[0,4]}}""", "no whole number of bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "takes 8 bytes, but the header gives it 4")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "the data ends at 4")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "bytes 4 to 0")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""", "the data ends at 4")]
    [InlineData("""{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "end at byte 3 of the data, but the file holds 4")]
    [InlineData("""{"t":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "leaves a hole before it: it begins at 1, expected 0")]
    [InlineData("""{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"u":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "'u' overlaps")]
    [InlineData("""{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"u":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", "'u' overlaps")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", "not valid JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}{}""", "not valid JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}""", "not valid JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", "not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "half a surrogate pair")]
    [InlineData("""{"t":null}""", "Null, but must be StartObject")]
    [InlineData("[]", "does not start with '{'")]
    [InlineData(" {}", "does not start with '{'")]
    [InlineData("", "does not start with '{'")]
    public void A_damaged_header_is_refused_with_the_reason(string header, string reason)
    {
        Write(header, new byte[4]);

        var error = Assert.Throws<FoldedFileException>(() => SafetensorsFile.Read(Target));

        Assert.Equal(Target, error.Path);
        Says(error, Target, reason);
    }

    [Fact]
    public void A_header_that_is_not_UTF_8_is_refused()
    {
        File.WriteAllBytes(Target, [4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0xC3, 0x28, (byte)'}']);

        Says(Assert.Throws<FoldedFileException>(() => SafetensorsFile.Read(Target)), "UTF-8");
    }

    [Fact]
    public void A_deeply_nested_header_is_refused()
    {
        Write("{\"t\":" + new string('[', 100_000), []);

        Assert.Throws<FoldedFileException>(() => SafetensorsFile.Read(Target));
    }

    [Theory]
    [InlineData(new byte[0], "has 0 bytes")]
    [InlineData(new byte[] { 1, 0, 0 }, "has 3 bytes")]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, 0x7B }, "claims a header of 2 bytes, but only 1 follow")]
    [InlineData(new byte[] { 0, 0xE1, 0xF5, 5, 0, 0, 0, 0 }, "claims a header of 100000000 bytes, but only 0 follow")]
    [InlineData(new byte[] { 1, 0xE1, 0xF5, 5, 0, 0, 0, 0 }, "claims a header of 100000001 bytes, but at most 100000000")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 }, "claims a header of 18446744073709551615 bytes")]
    public void A_length_that_the_file_does_not_confirm_is_refused(byte[] content, string reason)
    {
        File.WriteAllBytes(Target, content);

        Says(Assert.Throws<FoldedFileException>(() => SafetensorsFile.Read(Target)), reason);
    }

    [Fact]
    public void A_path_without_a_file_is_refused_with_its_cause()
    {
        Assert.IsType<FileNotFoundException>(Assert.Throws<FoldedFileException>(() => SafetensorsFile.Read(Target)).InnerException);
        Assert.IsType<UnauthorizedAccessException>(Assert.Throws<FoldedFileException>(() => SafetensorsFile.Read(directory.Path)).InnerException);
    }

    private void Write(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(Target, [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data]);
    }

    private static void Says(FoldedFileException error, params string[] parts) =>
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
}
