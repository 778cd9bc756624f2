namespace LayerDsl.Tests.Core.Folded;

public sealed class FoldedModelFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_loaded_model_gives_the_same_output_bit_for_bit()
    {
        var saved = TwoLayerModel.Random(7);
        var x = Values.Uniform(new Random(1), 4 * 3);
        float[] expected = new float[8], actual = new float[8];

        saved.Save(directory["model.safetensors"]);
        var loaded = TwoLayerModel.Load(directory["model.safetensors"]);
        saved.Forward(x, expected, 4);
        loaded.Forward(x, actual, 4);

        Assert.Equal(expected, actual);
        Assert.Equal(["model.safetensors"], directory.Files());
    }

    [Fact]
    public void A_saved_model_says_what_it_is()
    {
        TwoLayerModel.Random(7).Save(directory["model"]);

        var file = SafetensorsFile.Read(directory["model"]);

        Assert.Equal(["Head.weight", "Hidden.bias", "Hidden.weight"], file.Names);
        Assert.Equal("layerdsl.folded", file.Metadata["format"]);
        Assert.Equal("1", file.Metadata["format_version"]);
        Assert.Equal(TwoLayerModel.Name, file.Metadata["model"]);
        Assert.Equal(TwoLayerModel.Signature, file.Metadata["signature"]);
        Assert.Equal([5L, 3L], file.Get("Hidden.weight").Shape);
    }

    [Fact]
    public void Saving_twice_gives_the_same_bytes()
    {
        TwoLayerModel.Random(7).Save(directory["a"]);
        TwoLayerModel.Random(7).Save(directory["b"]);

        Assert.Equal(File.ReadAllBytes(directory["a"]), File.ReadAllBytes(directory["b"]));
    }

    [Theory]
    [InlineData("format", "pt", "layerdsl.folded")]
    [InlineData("format_version", "2", "1")]
    [InlineData("model", "Other", TwoLayerModel.Name)]
    [InlineData("signature", "Hidden:Linear(4,5)", TwoLayerModel.Signature)]
    public void A_file_of_another_model_is_refused_with_both_values(string key, string found, string expected)
    {
        Rewrite(metadata: metadata => metadata[key] = found);

        Refused(key, found, expected);
    }

    [Fact]
    public void A_foreign_file_is_refused()
    {
        Rewrite(metadata: metadata => metadata.Clear());

        Refused("no metadata 'format'", "layerdsl.folded");
    }

    [Fact]
    public void A_missing_tensor_is_refused_by_name()
    {
        Rewrite(tensors: tensors => tensors.RemoveAll(tensor => tensor.Name == "Hidden.bias"));

        Refused("'Hidden.bias' is missing", "'Hidden.weight'");
    }

    [Fact]
    public void A_tensor_nobody_asked_for_is_refused_by_name()
    {
        Rewrite(tensors: tensors => tensors.Add(SafetensorsEntry.FromFloats("Head.bias", [1, 2], 2)));

        Refused("'Head.bias'");
    }

    [Fact]
    public void A_tensor_of_another_shape_or_type_is_refused_with_both_values()
    {
        Replace(SafetensorsEntry.FromFloats("Head.weight", new float[10], 5, 2));
        Refused("'Head.weight'", "[5, 2]", "[2, 5]");

        Replace(new SafetensorsEntry("Head.weight", SafetensorsType.I32, [2, 5], new byte[40]));
        Refused("'Head.weight'", "I32", "F32");
    }

    [Fact]
    public void A_file_with_a_weight_that_is_not_finite_is_refused()
    {
        Replace(SafetensorsEntry.FromFloats("Head.weight", [1, 2, 3, 4, 5, 6, 7, float.NaN, 9, 10], 2, 5));

        Assert.IsType<NonFiniteWeightException>(Refused("'Head'", "weight[7]", "NaN").InnerException);
    }

    private string Model => directory["model"];

    private void Replace(SafetensorsEntry entry) =>
        Rewrite(tensors: tensors => tensors[tensors.FindIndex(tensor => tensor.Name == entry.Name)] = entry);

    private void Rewrite(Action<Dictionary<string, string>>? metadata = null, Action<List<SafetensorsEntry>>? tensors = null)
    {
        TwoLayerModel.Random(7).Save(Model);
        var file = SafetensorsFile.Read(Model);
        var entries = file.Names.Select(file.Get).ToList();
        var notes = new Dictionary<string, string>(file.Metadata);
        tensors?.Invoke(entries);
        notes[FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(entries);
        metadata?.Invoke(notes);
        SafetensorsWriter.Write(Model, entries, notes);
    }

    private FoldedFileException Refused(params string[] parts)
    {
        var error = Assert.Throws<FoldedFileException>(() => TwoLayerModel.Load(Model));
        Assert.Equal(Model, error.Path);
        Assert.Contains(Model, error.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error.Reason, StringComparison.Ordinal));
        return error;
    }
}
