using System.Collections.Immutable;
using CsCheck;

namespace LayerDsl.Tests.Core.Safetensors;

public sealed class SafetensorsPropertyTests : IDisposable
{
    private static readonly (SafetensorsType Type, int Bytes)[] Types =
    [
        (SafetensorsType.BOOL, 1), (SafetensorsType.U8, 1), (SafetensorsType.F8_E4M3, 1), (SafetensorsType.I16, 2), (SafetensorsType.BF16, 2),
        (SafetensorsType.F32, 4), (SafetensorsType.U32, 4), (SafetensorsType.F64, 8), (SafetensorsType.I64, 8),
    ];

    private static readonly Gen<SafetensorsEntry> Tensors =
        from type in Gen.OneOf(Types)
        from shape in Gen.Long[0, 4].Array[0, 3]
        from data in Gen.Byte.Array[(int)shape.Aggregate(1L, (product, size) => product * size) * type.Bytes]
        from name in Gen.OneOf(Gen.Char.AlphaNumeric.Array[0, 6].Select(text => new string(text)), Gen.OneOf("é\"\\", "\0\n", "日本", "😀", "a/b.c"))
        select new SafetensorsEntry(name, type.Type, ImmutableArray.Create(shape), data);

    private static readonly Gen<(SafetensorsEntry[] Tensors, Dictionary<string, string> Metadata)> Files =
        from tensors in Tensors.Array[0, 5]
        from metadata in Gen.Dictionary(Gen.Char.AlphaNumeric.Array[0, 4].Select(text => new string(text)), Gen.OneOf(string.Empty, "v", "<'&\"\u2028😀"))[0, 3]
        select (tensors.DistinctBy(tensor => tensor.Name).ToArray(), metadata);

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void What_is_written_is_read() => Files.Sample(
        file =>
        {
            var path = directory["round trip"];
            SafetensorsWriter.Write(path, file.Tensors, file.Metadata);
            var read = SafetensorsFile.Read(path);
            Assert.Equal(file.Tensors.ToDictionary(tensor => tensor.Name), read.Names.ToDictionary(name => name, read.Get));
            Assert.Equal(file.Metadata, read.Metadata);
        },
        iter: 500,
        threads: 1);

    [Fact]
    public void A_file_with_a_changed_byte_reads_or_is_refused_but_never_fails_otherwise()
    {
        // Every byte of one file, each against every bit: no luck involved.
        var path = directory["mutant"];
        SafetensorsEntry[] tensors = [SafetensorsEntry.FromFloats("W", [1f, 2f, 3f], 3, 1), new("b", SafetensorsType.U8, [2], new byte[] { 1, 2 })];
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["k"] = "v" });
        var original = File.ReadAllBytes(path);
        int read = 0, refused = 0;
        for (var place = 0; place < original.Length; place++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var mutant = original.ToArray();
                mutant[place] ^= (byte)(1 << bit);
                File.WriteAllBytes(path, mutant);
                _ = Refuses(path) ? refused++ : read++;
            }
        }

        // The 14 data bytes are free; the eight bytes of the length and most of the header are not.
        Assert.InRange(read, 14 * 8, original.Length * 4);
        Assert.True(refused > original.Length * 3, $"only {refused} of {original.Length * 8} mutants were refused");
    }

    [Fact]
    public void A_file_cut_or_extended_anywhere_is_refused()
    {
        var path = directory["cut"];
        SafetensorsWriter.Write(path, [SafetensorsEntry.FromFloats("W", [1f, 2f, 3f], 3, 1)], new Dictionary<string, string> { ["k"] = "v" });
        var original = File.ReadAllBytes(path);
        for (var length = 0; length < original.Length; length++)
        {
            File.WriteAllBytes(path, original[..length]);
            Assert.True(Refuses(path), $"accepted the first {length} of {original.Length} bytes");
        }

        File.WriteAllBytes(path, [.. original, 0]);
        Assert.True(Refuses(path), "accepted a trailing byte");
    }

    [Fact]
    public void Random_files_with_random_damage_read_or_are_refused() =>
        Gen.Select(Files, Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue], Gen.Byte.Array[0, 12]).Sample(
            (file, from, length, insert) =>
            {
                var path = directory["damaged"];
                SafetensorsWriter.Write(path, file.Tensors, file.Metadata);
                var bytes = File.ReadAllBytes(path);
                var start = from % bytes.Length;
                var end = Math.Min(bytes.Length, start + (length % 16));
                File.WriteAllBytes(path, [.. bytes[..start], .. insert, .. bytes[end..]]);
                _ = Refuses(path);
            },
            iter: 2000,
            threads: 1);

    /// <summary>Any exception but the typed one fails the test that calls this.</summary>
    private static bool Refuses(string path)
    {
        try
        {
            var file = SafetensorsFile.Read(path);
            Assert.All(file.Names, name => Assert.Equal(name, file.Get(name).Name));
            return false;
        }
        catch (FoldedFileException error)
        {
            Assert.Equal(path, error.Path);
            Assert.NotEmpty(error.Reason);
            return true;
        }
    }
}
