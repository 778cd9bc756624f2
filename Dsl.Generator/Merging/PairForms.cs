using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams;
using LayerDsl.Generator.Scheduling;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Merging;

/// <summary>
/// Both layers of a pair one after the other, as trained and as folded, and the merge between the two:
/// <c>W' = W·scale</c> and <c>b' = b·scale + shift</c> for a batch normalization after a convolution or a linear layer, where a weight in
/// codes keeps them and its scales alone are multiplied, <c>W' = W·diag(weight)</c> and <c>b' = b + W·bias</c> for a normalization of rows
/// before a linear layer.
/// </summary>
/// <param name="Claim">The training forms in turn, the folded pair, and the merged tensors.</param>
/// <param name="Order">The indices in the order in which tensors keep them.</param>
/// <param name="OutputAxes">The axes of the output.</param>
/// <param name="FoldedParameters">How many numbers the folded pair holds.</param>
/// <param name="InferenceFlops">Its floating-point operations, per sample or output position.</param>
/// <param name="FoldedBytes">The bytes that the folded pair holds.</param>
internal sealed record PairForms(Claim Claim, EquatableArray<Index> Order, EquatableArray<Index> OutputAxes, long FoldedParameters, long InferenceFlops, long FoldedBytes)
{
    private const string Prefix = "norm_";

    public static PairForms Of(MergedPair pair)
    {
        var matrix = LayerKinds.Find((pair.IntoFirst ? pair.First : pair.Second).Kind.Name).Build(pair.IntoFirst ? pair.First : pair.Second);
        var inFloats = pair.IntoFirst ? AfterMatrix(pair, matrix, matrix.Claim, matrix.FoldedWeight.Folded) : BeforeLinear(pair, matrix);
        var numbers = matrix.NonZeros ?? (long)matrix.Weight.Rows * matrix.Weight.Columns;
        var bias = inFloats.Folds.Count > 1 || matrix.Bias is not null ? matrix.Weight.Rows : 0;
        var operations = OperationsOf(inFloats, matrix, numbers);
        if (matrix is not { Packed: { } packed, Shape.Format: { } format })
        {
            return new PairForms(inFloats, matrix.Order, matrix.OutputAxes, numbers + bias, operations, BytesOf(matrix, numbers) + (sizeof(float) * bias));
        }

        var beside = bias + (packed.Weight.ScaleAxes.Aggregate(1L, (count, axis) => count * matrix.Evaluate(axis.Size)) * (format.HasZeroPoints ? 2 : 1));
        var codes = matrix.Weight.Rows * ((((long)matrix.Weight.Columns * format.Bits) + 7) / 8);
        return new PairForms(AfterMatrix(pair, matrix, packed.Claim, packed.Weight.Scale), matrix.Order, matrix.OutputAxes, numbers + beside, operations, codes + (sizeof(float) * beside));
    }

    /// <summary>Of a weight in floats: compressed rows where they take less than the dense weight.</summary>
    private static long BytesOf(LayerForms matrix, long numbers)
    {
        var dense = sizeof(float) * (long)matrix.Weight.Rows * matrix.Weight.Columns;
        return matrix.NonZeros is null ? dense : Math.Min(dense, SparseSizes.RowBytes(numbers, matrix.Weight.Rows, matrix.Weight.Columns));
    }

    /// <summary>Of all that is computed, the product with the weight alone leaves its zeros out.</summary>
    private static long OperationsOf(Claim claim, LayerForms matrix, long numbers)
    {
        var dense = CostModel.PerSample(Scheduler.Schedule(matrix.Order, [("y", claim.Inference, matrix.OutputAxes)]), matrix.OutputAxes[0], matrix.Evaluate);
        return dense - (2 * (((long)matrix.Weight.Rows * matrix.Weight.Columns) - numbers));
    }

    /// <summary>The convolution or linear layer, then running statistics over its outputs.</summary>
    /// <param name="alone">The claim of the layer alone: in floats, or in codes.</param>
    /// <param name="factor">What the weight is proportional to, and takes the scale: the weight itself, or the scales of its codes.</param>
    private static Claim AfterMatrix(MergedPair pair, LayerForms matrix, Claim alone, Tensor factor)
    {
        var norm = BatchNormLayer.NormOf(pair.Second.Kind, matrix.Weight.Output, Prefix);
        var bias = MergedBias(matrix);
        return new Claim(
            pair.Name,
            norm.Apply(Name(matrix.Shape is Conv2dShape ? "convolved" : "product", alone.Training)),
            WithBias(matrix, alone.Inference, bias),
            [
                .. alone.Folds.Select(fold => fold.Folded == factor ? fold with { Value = fold.Value * norm.Scale } : fold),
                new FoldDefinition(bias, (BiasOf(matrix) * norm.Scale) + norm.Shift),
            ],
            [.. ChannelNorm.Conditions, .. alone.SideConditions]);
    }

    /// <summary>The normalization over the input of the linear layer, then that layer.</summary>
    private static Claim BeforeLinear(MergedPair pair, LayerForms linear)
    {
        var shape = (RowNormShape)LayerShape.Of(pair.First);
        var (i, x) = (linear.Weight.Inputs[0], linear.Input);
        var norm = new RowNorm(i, Prefix, shape);
        var normalized = norm.Normalize(x.All);
        var folded = linear.FoldedWeight;
        var inference = linear.Claim.Inference.Inline(tensor => tensor == x ? normalized : null);
        var training = linear.Training.Inline(tensor => tensor == x ? norm.Affine(normalized, norm.Weight) : null);
        var weight = new FoldDefinition(folded.Folded, folded.Value * norm.Weight.All);
        if (!shape.Bias)
        {
            return new Claim(pair.Name, training, inference, [weight], []);
        }

        var bias = MergedBias(linear);
        return new Claim(
            pair.Name, training, WithBias(linear, inference, bias), [weight, new FoldDefinition(bias, BiasOf(linear) + Sum(i, folded.Value * norm.Bias.All))], []);
    }

    private static Tensor MergedBias(LayerForms layer) => new("b", TensorRole.Folded, [layer.Weight.Output]);

    private static Expr BiasOf(LayerForms layer) => layer.Bias is { } bias ? bias.All : 0;

    private static Expr WithBias(LayerForms layer, Expr inference, Tensor merged) =>
        layer.Bias is { } bias ? inference.Inline(tensor => tensor == bias ? merged.All : null) : inference + merged.All;
}
