namespace LayerDsl.Tests.Core.Folded;

public class FoldedSparseLinearTests
{
    /// <summary>Batches below, at and above every vector's width; columns in two bytes and in four.</summary>
    [Theory]
    [InlineData(7, 5, 0.7, 1)]
    [InlineData(7, 5, 0.7, 3)]
    [InlineData(33, 17, 0.9, 16)]
    [InlineData(33, 17, 0.5, 37)]
    [InlineData(70000, 3, 0.99, 2)]
    [InlineData(70000, 2, 0.99, 17)]
    [InlineData(1, 1, 0, 5)]
    [InlineData(4, 3, 1, 9)]
    public void Output_equals_the_sum_in_double(int inputs, int outputs, double sparsity, int batch)
    {
        var random = new Random(inputs + batch);
        var weight = Sparse(random, inputs * outputs, sparsity);
        var (bias, x) = (Values.Uniform(random, outputs), Values.Uniform(random, inputs * batch));
        var layer = new FoldedSparseLinear("Hidden", SparseRows.FromDense("Hidden", outputs, inputs, weight), bias);
        var y = new float[batch * outputs];
        layer.Forward(x, y, batch);
        for (var place = 0; place < y.Length; place++)
        {
            var (row, o) = (place / outputs, place % outputs);
            var (sum, size) = ((double)bias[o], Math.Abs((double)bias[o]));
            for (var i = 0; i < inputs; i++)
            {
                var term = (double)weight[(o * inputs) + i] * x[(row * inputs) + i];
                (sum, size) = (sum + term, size + Math.Abs(term));
            }

            Assert.Equal(sum, y[place], 1e-6 * (1 + size));
        }

        Assert.Equal(weight, layer.Weight.ToArray());
    }

    [Fact]
    public void Bytes_are_those_of_values_columns_and_row_starts()
    {
        var rows = SparseRows.FromDense("Hidden", 2, 3, [0, 1, 0, 2, 0, 3]);
        Assert.Equal(3, rows.Count);
        Assert.Equal((3 * (4 + 2)) + (3 * 4), rows.ByteCount);
        Assert.Equal([0, 1, 3], rows.RowStarts.ToArray());
        Assert.Equal(rows.ByteCount + 8, new FoldedSparseLinear("Hidden", rows, [1, 2]).ByteCount);
        Assert.Equal(5, new FoldedSparseLinear("Hidden", rows, [1, 2]).ParameterCount);
        Assert.Equal((4 + 4) + (2 * 4), SparseRows.FromDense("Wide", 1, 65537, [.. new float[65536], 1]).ByteCount);
    }

    [Fact]
    public void The_smaller_form_is_chosen()
    {
        var random = new Random(1);
        Assert.IsType<FoldedSparseLinear>(FoldedSparseLinear.Smaller(new FoldedLinear("Hidden", 50, 20, Sparse(random, 1000, 0.5), [])));
        Assert.IsType<FoldedLinear>(FoldedSparseLinear.Smaller(new FoldedLinear("Hidden", 50, 20, Sparse(random, 1000, 0.1), [])));
        Assert.IsType<FoldedLinear>(FoldedSparseLinear.Smaller(new FoldedLinear("Hidden", 1, 1, [0], [])));
    }

    [Fact]
    public void Negative_zeros_are_zeros_and_infinities_are_refused()
    {
        Assert.Equal(0, SparseRows.FromDense("Hidden", 1, 2, [-0f, 0f]).Count);
        Assert.Throws<NonFiniteWeightException>(() => SparseRows.FromDense("Hidden", 1, 2, [1, float.PositiveInfinity]));
        Assert.Throws<LayerShapeException>(() => SparseRows.FromDense("Hidden", 1, 2, [1]));
        Assert.Throws<LayerShapeException>(() => SparseRows.FromDense("Hidden", 0, 2, []));
    }

    /// <summary>Row starts, columns and values that would lead out of the arrays, or that mean nothing.</summary>
    [Theory]
    [InlineData(new[] { 0, 2, 3 }, new[] { 0, 2, 1 }, null)]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2, 1 }, "start at 1")]
    [InlineData(new[] { 0, 2, 4 }, new[] { 0, 2, 1 }, "end at 4")]
    [InlineData(new[] { 0, 4, 3 }, new[] { 0, 2, 1 }, "row 0")]
    [InlineData(new[] { 0, -1, 3 }, new[] { 0, 2, 1 }, "row 0")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 2, 0, 1 }, "column 0 after 2")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 1, 1 }, "column 1 after 1")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 0, 3, 1 }, "column 3 after 0")]
    public void Hostile_indices_are_refused(int[] starts, int[] columns, string? expected)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "model.safetensors");
        SafetensorsEntry[] tensors =
        [
            SafetensorsEntry.FromFloats("Head.weight.values", [1, 2, 3], 3),
            SafetensorsIntegers.Entry("Head.weight.columns", Array.ConvertAll(columns, column => (ushort)column)),
            SafetensorsIntegers.Entry("Head.weight.row_starts", starts),
        ];
        Save(path, tensors);
        var file = FoldedModelFile.Open(path, "Model", "signature");
        if (expected is null)
        {
            var layer = Assert.IsType<FoldedSparseLinear>(file.ReadLinear("Head", 3, 2, bias: false));
            file.Complete();
            Assert.Equal([1f, 0, 2, 0, 3, 0], layer.Weight.ToArray());
        }
        else
        {
            Assert.Contains(expected, Assert.Throws<FoldedFileException>(() => file.ReadLinear("Head", 3, 2, bias: false)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Wrong_types_lengths_and_values_are_refused()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "model.safetensors");
        var (values, columns, starts) = (SafetensorsEntry.FromFloats("Head.weight.values", [1], 1), SafetensorsIntegers.Entry("Head.weight.columns", (ushort[])[0]), SafetensorsIntegers.Entry("Head.weight.row_starts", (int[])[0, 1]));
        foreach (var (tensors, says) in new (SafetensorsEntry[], string)[]
        {
            ([values, columns], "row_starts"),
            ([values, SafetensorsIntegers.Entry("Head.weight.columns", (int[])[0]), starts], "U16"),
            ([values, SafetensorsIntegers.Entry("Head.weight.columns", (ushort[])[0, 1]), starts], "[1]"),
            ([values, columns, SafetensorsIntegers.Entry("Head.weight.row_starts", (int[])[0, 1, 1])], "[2]"),
            ([SafetensorsEntry.FromFloats("Head.weight.values", [1], 1, 1), columns, starts], "shape"),
            ([SafetensorsEntry.FromFloats("Head.weight.values", [float.NaN], 1), columns, starts], "not finite"),
        })
        {
            Save(path, tensors);
            var file = FoldedModelFile.Open(path, "Model", "signature");
            Assert.Contains(says, Assert.Throws<FoldedFileException>(() => file.ReadLinear("Head", 4, 1, bias: false)).Message, StringComparison.Ordinal);
        }
    }

    private static void Save(string path, SafetensorsEntry[] tensors) => SafetensorsWriter.Write(
        path, tensors, new Dictionary<string, string>(FoldedModelFile.Metadata("Model", "signature")) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(tensors) });

    private static float[] Sparse(Random random, int length, double sparsity) =>
        Values.Uniform(random, length).Select(value => random.NextDouble() < sparsity ? 0 : value).ToArray();
}
