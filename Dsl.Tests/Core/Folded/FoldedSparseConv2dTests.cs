namespace LayerDsl.Tests.Core.Folded;

public class FoldedSparseConv2dTests
{
    /// <summary>Images whose outputs fill vectors in part, exactly and several times; groups, strides, rows without a number, columns in 4 bytes.</summary>
    [Theory]
    [InlineData(1, 1, 1, 1, 0, 1, 1, 1, 1, 0)]
    [InlineData(3, 5, 3, 1, 1, 1, 1, 8, 7, 0.75)]
    [InlineData(4, 6, 2, 3, 2, 2, 2, 9, 5, 0.5)]
    [InlineData(6, 6, 3, 2, 0, 1, 6, 11, 11, 0.9)]
    [InlineData(1, 9, 5, 1, 2, 1, 1, 28, 28, 0.75)]
    [InlineData(40, 3, 7, 1, 3, 1, 1, 30, 41, 0.99)]
    [InlineData(3, 4, 3, 1, 0, 1, 1, 6, 6, 1)]
    [InlineData(66000, 2, 1, 1, 0, 1, 1, 3, 3, 0.999)]
    public void Output_equals_that_of_the_dense_kernel_in_double(int inputs, int outputs, int kernel, int stride, int padding, int dilation, int groups, int height, int width, double sparsity)
    {
        var g = new Conv2dGeometry(inputs, outputs, kernel, stride, padding, dilation, groups);
        var random = new Random(inputs + height);
        var weight = Values.Uniform(random, outputs * g.InputsPerOutput).Select(value => random.NextDouble() < sparsity ? 0 : value).ToArray();
        var (bias, x) = (Values.Uniform(random, outputs), Values.Uniform(random, 2 * inputs * height * width));
        var (rows, columns) = (g.OutputSize(height), g.OutputSize(width));
        var y = new float[2 * outputs * rows * columns];
        var layer = new FoldedSparseConv2d("Conv", g, SparseRows.FromDense("Conv", outputs, g.InputsPerOutput, weight), bias);

        layer.Forward(x, y, 2, height, width);

        for (var k = 0; k < y.Length; k++)
        {
            var (sum, magnitude) = FoldedConv2dTests.Definition(
                g, weight, bias, x, height, width, k / (outputs * rows * columns), k / (rows * columns) % outputs, k / columns % rows, k % columns);
            Values.Close(sum, y[k], (g.InputsPerOutput + 2) * magnitude * Math.Pow(2, -24), $"y[{k}]");
        }

        Assert.Equal(weight, layer.Weight.ToArray());
    }

    [Fact]
    public void The_smaller_form_is_chosen_and_counts_its_bytes()
    {
        var g = new Conv2dGeometry(4, 6, 3);
        var weight = new float[216];
        for (var k = 0; k < 54; k++)
        {
            weight[k * 4] = k + 1;
        }

        var sparse = Assert.IsType<FoldedSparseConv2d>(FoldedSparseConv2d.Smaller(new FoldedConv2d("Conv", g, weight, new float[6])));
        Assert.Equal((54 * (4 + 2)) + (7 * 4) + (6 * 4), sparse.ByteCount);
        Assert.Equal(60, sparse.ParameterCount);
        Assert.IsType<FoldedConv2d>(FoldedSparseConv2d.Smaller(new FoldedConv2d("Conv", g, Enumerable.Repeat(1f, 216).ToArray(), [])));
        Assert.Throws<LayerShapeException>(() => new FoldedSparseConv2d("Conv", g, SparseRows.FromDense("Conv", 6, 35, new float[210]), []));
        Assert.Throws<LayerShapeException>(() => new FoldedSparseConv2d("Conv", g, SparseRows.FromDense("Conv", 5, 36, new float[180]), []));
        Assert.Throws<LayerShapeException>(() => new FoldedSparseConv2d("Conv", g, sparse.Rows, new float[5]));
    }

    /// <summary>Scales of batch normalizations may be zero, and of any sign.</summary>
    [Fact]
    public void A_batch_normalization_merges_into_the_rows()
    {
        var layer = new FoldedSparseConv2d("Conv", new(2, 2, 3), SparseRows.FromDense("Conv", 2, 18, [0, 2, .. new float[34]]), [5, 0]);
        var merged = layer.MergeNext(new FoldedBatchNorm2d("Norm", [-3, 0], [1, 7]));
        Assert.Equal(1, Assert.IsType<FoldedSparseConv2d>(merged).Rows.Count);
        Assert.Equal(-6, merged.Weight[1]);
        Assert.Equal([-14, 7], merged.Bias.ToArray());
    }

    [Theory]
    [InlineData(new[] { 0, 2, 3 }, new[] { 0, 7, 1 }, null)]
    [InlineData(new[] { 0, 2, 3 }, new[] { 0, 8, 1 }, "column 8 after 0")]
    [InlineData(new[] { 0, 4, 3 }, new[] { 0, 2, 1 }, "row 0")]
    [InlineData(new[] { 0, 2, 2 }, new[] { 0, 2, 1 }, "end at 2")]
    [InlineData(new[] { 0, 3 }, new[] { 0, 2, 1 }, "[3]")]
    public void Hostile_files_are_refused(int[] starts, int[] columns, string? expected)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "model.safetensors");
        SafetensorsEntry[] tensors =
        [
            SafetensorsEntry.FromFloats("Conv.weight.values", [1, 2, 3], 3),
            SafetensorsIntegers.Entry("Conv.weight.columns", Array.ConvertAll(columns, column => (ushort)column)),
            SafetensorsIntegers.Entry("Conv.weight.row_starts", starts),
        ];
        SafetensorsWriter.Write(
            path, tensors, new Dictionary<string, string>(FoldedModelFile.Metadata("Model", "signature")) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(tensors) });
        var file = FoldedModelFile.Open(path, "Model", "signature");
        if (expected is null)
        {
            Assert.Equal([1, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0], Assert.IsType<FoldedSparseConv2d>(file.ReadConv2d("Conv", new(2, 2, 2), bias: false)).Weight.ToArray());
            file.Complete();
        }
        else
        {
            Assert.Contains(expected, Assert.Throws<FoldedFileException>(() => file.ReadConv2d("Conv", new(2, 2, 2), bias: false)).Message, StringComparison.Ordinal);
        }
    }
}
