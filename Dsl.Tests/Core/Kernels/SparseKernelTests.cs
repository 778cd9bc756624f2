using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

public class SparseKernelTests
{
    public static TheoryData<string, int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<string, int, int, int>();
            foreach (var kernels in Widths.All)
            {
                foreach (var (batch, inputs, outputs) in new[] { (1, 1, 1), (1, 100, 37), (2, 17, 33), (3, 50, 9), (2, 70_000, 3), (4, 66_000, 3), (5, 40, 12), (17, 100, 31), (35, 64, 64) })
                {
                    data.Add(kernels, batch, inputs, outputs);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_double_precision_within_its_rounding(string kernels, int batch, int inputs, int outputs)
    {
        var random = new Random(batch + inputs);
        var weight = Array.ConvertAll(Values.Uniform(random, inputs * outputs), value => random.Next(3) > 0 ? 0 : value);
        weight.AsSpan(0, inputs).Clear(); // a row without numbers
        var bias = Values.Uniform(random, outputs);
        var x = Values.Uniform(random, batch * inputs);
        var y = Widths.Shifted(new float[batch * outputs], 1);
        var rows = SparseRows.FromDense("Head", outputs, inputs, weight);

        rows.Multiply(Widths.Shifted(x, 3), y, batch, bias, default, Widths.Of(kernels));

        Widths.CloseToProduct(weight, bias, x, y, inputs, outputs);
        var (residual, finished) = (Values.Uniform(random, y.Length), new float[y.Length]);
        rows.Multiply(x, finished, batch, bias, new Epilogue(EpilogueActivation.Relu, residual), Widths.Of(kernels));
        for (var k = 0; k < y.Length; k++)
        {
            Assert.Equal(Math.Max(y[k] + residual[k], 0), finished[k]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void A_layer_allocates_nothing_once_its_buffers_are_pooled(int batch)
    {
        var weight = Array.ConvertAll(Values.Uniform(new Random(1), 64 * 50), value => Math.Abs(value) < 0.7f ? 0 : value);
        var layer = new FoldedSparseLinear("Head", SparseRows.FromDense("Head", 50, 64, weight), new float[50]);
        var (x, y) = (new float[batch * 64], new float[batch * 50]);
        Allocations.AreNone(() => layer.Forward(x, y, batch));
    }
}
