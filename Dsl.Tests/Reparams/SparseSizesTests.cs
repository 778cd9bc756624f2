using LayerDsl.Generator.Reparams;

namespace LayerDsl.Tests.Reparams;

/// <summary>The sizes of Sparse-IFT: the sparse layer costs what the dense one does, within one row or column of it.</summary>
public sealed class SparseSizesTests
{
    public static TheoryData<double, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<double, int, int>();
            foreach (var sparsity in new[] { 0.5, 0.75, 0.9 })
            {
                foreach (var (inputs, outputs) in new[] { (784, 512), (512, 10), (64, 64), (100, 300), (1000, 3) })
                {
                    cases.Add(sparsity, inputs, outputs);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parallel_branches_multiply_as_often_as_the_dense_layer(double sparsity, int inputs, int outputs)
    {
        var multiplications = SparseSizes.Branches(sparsity)!.Value * SparseSizes.Ones(sparsity, (long)inputs * outputs);
        AssertWithinOneLine((long)inputs * outputs, multiplications, inputs, outputs);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Factors_multiply_as_often_as_the_dense_layer(double sparsity, int inputs, int outputs)
    {
        var width = SparseSizes.FactorizedWidth(sparsity, inputs, outputs);
        var multiplications = SparseSizes.Ones(sparsity, width * inputs) + SparseSizes.Ones(sparsity, width * outputs);
        AssertWithinOneLine((long)inputs * outputs, multiplications, inputs, outputs);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_doped_layer_multiplies_as_often_as_the_dense_layer(double sparsity, int inputs, int outputs)
    {
        var rank = SparseSizes.DopedRank(sparsity, inputs, outputs);
        var multiplications = SparseSizes.Ones(sparsity, (long)inputs * outputs) + (rank * (inputs + outputs));
        AssertWithinOneLine((long)inputs * outputs, multiplications, inputs, outputs);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_wide_layer_between_wide_layers_multiplies_as_often_as_the_dense_one(double sparsity, int inputs, int outputs)
    {
        var places = SparseSizes.WidenedBy(sparsity, inputs) * SparseSizes.WidenedBy(sparsity, outputs);

        // A width is rounded by at most a half, and each half column or row is masked as well.
        AssertWithinOneLine((long)inputs * outputs, SparseSizes.Ones(sparsity, places), inputs, outputs);
    }

    /// <summary>Why factors and doped weights are merged when they fold: kept apart they are larger, or smaller by less than a row and a column.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Merged_weights_take_fewer_bytes_than_their_parts(double sparsity, int inputs, int outputs)
    {
        var dense = 4L * inputs * outputs;
        var width = (int)SparseSizes.FactorizedWidth(sparsity, inputs, outputs);
        var factors = SparseRows.BytesOf(SparseSizes.Ones(sparsity, (long)width * inputs), width, inputs) + SparseRows.BytesOf(SparseSizes.Ones(sparsity, (long)width * outputs), outputs, width);
        Assert.True(factors >= dense, $"factors {factors}, merged {dense}");

        var rank = SparseSizes.DopedRank(sparsity, inputs, outputs);
        var doped = SparseRows.BytesOf(SparseSizes.Ones(sparsity, (long)inputs * outputs), outputs, inputs) + (4 * rank * (inputs + outputs));
        Assert.True(doped > dense - (4 * (inputs + outputs)), $"parts {doped}, merged {dense}");
        Assert.True(doped >= dense || Math.Min(inputs, outputs) <= 10, $"parts {doped}, merged {dense}");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.75, 4)]
    [InlineData(0.8, 5)]
    [InlineData(0.9, 10)]
    [InlineData(0.99, 100)]
    public void Whole_numbers_of_branches_are_recognized(double sparsity, int branches) => Assert.Equal(branches, SparseSizes.Branches(sparsity));

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.7)]
    public void Other_sparsities_have_none(double sparsity) => Assert.Null(SparseSizes.Branches(sparsity));

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.999999)]
    public void A_mask_is_never_empty(double sparsity) => Assert.Equal(1, SparseSizes.Ones(sparsity, 1));

    private static void AssertWithinOneLine(long dense, long sparse, int inputs, int outputs) =>
        Assert.True(Math.Abs(dense - sparse) <= inputs + outputs, $"{sparse} against {dense}");
}
