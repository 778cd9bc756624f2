using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

public class LowRankBranchTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 8, 130, 70)]
    [InlineData(3, 5, 33, 47)]
    [InlineData(17, 20, 19, 9)]
    public void The_side_path_adds_the_product_of_its_factors(int rows, int rank, int inputs, int outputs)
    {
        foreach (var kernels in Widths.Tested)
        {
            var random = new Random(rank);
            var (down, up, x, before) = (
                Values.Uniform(random, rank * inputs), Values.Uniform(random, outputs * rank), Values.Uniform(random, rows * inputs), Values.Uniform(random, rows * outputs));
            var y = (float[])before.Clone();

            new LowRankBranch(rank, inputs, outputs, down, up, 0.5f, kernels).AddTo(x, y, rows);

            for (var k = 0; k < y.Length; k++)
            {
                var (row, o) = Math.DivRem(k, outputs);
                double sum = 0, magnitude = 0;
                for (var r = 0; r < rank; r++)
                {
                    for (var i = 0; i < inputs; i++)
                    {
                        var term = 0.5 * x[(row * inputs) + i] * down[(r * inputs) + i] * up[(o * rank) + r];
                        sum += term;
                        magnitude += Math.Abs(term);
                    }
                }

                // Two sums after each other, a scale, and the last addition.
                Values.Close(before[k] + sum, y[k], ((inputs + rank + 3) * magnitude * Math.Pow(2, -24)) + (Math.Abs(before[k] + sum) * Math.Pow(2, -23)), $"y[{row},{o}]");
            }
        }
    }
}
