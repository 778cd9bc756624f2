using CsCheck;

namespace LayerDsl.Tests.Core.Folded;

public class SoftmaxTests
{
    private static readonly Gen<(int Rows, int Columns, float[] X)> Batches =
        from rows in Gen.Int[1, 5]
        from columns in Gen.Int[1, 40]
        from x in Gen.Float[-30f, 30f].Array[rows * columns]
        select (rows, columns, x);

    [Fact]
    public void Softmax_and_its_logarithm_equal_the_formula_in_double_precision() => Batches.Sample(
        batch =>
        {
            var (rows, columns, x) = batch;
            float[] y = new float[x.Length], log = new float[x.Length];
            Activations.Softmax(x, y, rows, columns);
            Activations.LogSoftmax(x, log, rows, columns);
            for (var i = 0; i < x.Length; i++)
            {
                var row = i / columns * columns;
                var sum = Enumerable.Range(row, columns).Sum(j => Math.Exp((double)x[j] - x[i]));
                Values.Close(1 / sum, y[i], 1e-6, $"softmax {i}");
                Values.Close(-Math.Log(sum), log[i], 1e-5, $"log_softmax {i}");
            }
        },
        iter: 200);

    [Fact]
    public void Both_work_in_place_with_the_same_bits() => Batches.Sample(
        batch =>
        {
            var (rows, columns, x) = batch;
            float[] y = new float[x.Length], log = new float[x.Length], inPlace = [.. x];
            Activations.Softmax(x, y, rows, columns);
            Activations.LogSoftmax(x, log, rows, columns);
            Activations.Softmax(inPlace, inPlace, rows, columns);
            Assert.Equal(y, inPlace);
            Activations.LogSoftmax(x, x, rows, columns);
            Assert.Equal(log, x);
        },
        iter: 100);

    [Fact]
    public void Inputs_that_would_overflow_the_exponential_are_shifted()
    {
        float[] y = [1000, 1000, -1000, 0, -1e30f, 3e38f], log = [.. y];

        Activations.Softmax(y, y, 2, 3);
        Activations.LogSoftmax(log, log, 2, 3);

        Assert.Equal([0.5f, 0.5f, 0f, 0f, 0f, 1f], y);
        Assert.Equal(-MathF.Log(2), log[0], 1e-6f);
        Assert.Equal([-2000.6931f, -3e38f, -3e38f, 0f], log[2..]);
    }

    [Fact]
    public void A_row_longer_than_the_scratch_memory_sums_every_part()
    {
        var x = new float[1001];
        var y = new float[1001];

        Activations.LogSoftmax(x, y, 1, 1001);

        Assert.All(y, value => Assert.Equal(-MathF.Log(1001), value, 1e-5f));
    }

    [Fact]
    public void NaN_spoils_its_own_row_only()
    {
        float[] y = [float.NaN, 1, 1, 1];

        Activations.Softmax(y, y, 2, 2);

        Assert.Equal([float.NaN, float.NaN, 0.5f, 0.5f], y);
    }

    [Theory]
    [InlineData(0, 4, "rows", "0")]
    [InlineData(4, 0, "columns", "0")]
    [InlineData(3, 2, "length of the input", "3 × 2 = 6")]
    public void Wrong_shapes_are_refused(int rows, int columns, string what, string value)
    {
        var softmax = Assert.Throws<LayerShapeException>(() => Activations.Softmax(new float[4], new float[4], rows, columns));
        var log = Assert.Throws<LayerShapeException>(() => Activations.LogSoftmax(new float[4], new float[4], rows, columns));

        Assert.Equal(what, softmax.What);
        Assert.Contains("'softmax'", softmax.Message, StringComparison.Ordinal);
        Assert.Contains("'log_softmax'", log.Message, StringComparison.Ordinal);
        Assert.Contains(value, log.Message, StringComparison.Ordinal);
    }
}
