using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams;
using LayerDsl.Generator.Reparams.Quantization;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// The fully connected layer, <c>y[b,o] = Σ_i x[b,i]·W[o,i] + bias[o]</c>.
/// Training applies low-rank terms of W as branches; inference uses one merged matrix.
/// </summary>
internal static class LinearLayer
{
    private const long LargestWeight = int.MaxValue;

    public static LayerKind Kind { get; } = new("Linear", Check, WeightOf, ShapeOf, Build) { Widths = new("inFeatures", "outFeatures") };

    /// <summary>Sizes are at least one, and the weight fits into one .NET array.</summary>
    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec kind)
    {
        foreach (var size in new[] { "inFeatures", "outFeatures" })
        {
            if (kind.Int(size) < 1)
            {
                yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.SizeOutOfRange, "Linear", size, Text(kind.Int(size)), "1");
            }
        }

        if ((long)kind.Int("inFeatures") * kind.Int("outFeatures") > LargestWeight)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.WeightTooLarge, Text(kind.Int("outFeatures")), Text(kind.Int("inFeatures")));
        }
    }

    private static WeightShape WeightOf(AttributeSpec kind) => new(
        [new Index("o", Size.Symbol("out")), new Index("i", Size.Symbol("in"))],
        [kind.Int("outFeatures"), kind.Int("inFeatures")])
    { Texts = [kind.Size("outFeatures"), kind.Size("inFeatures")] };

    private static LinearShape ShapeOf(LayerSpec layer) =>
        new(layer.Name, layer.Kind.Int("inFeatures"), layer.Kind.Int("outFeatures"), layer.Kind.Flag("Bias", true))
        {
            Format = Methods.FormatOf(layer.Methods, WeightOf(layer.Kind)),
            Activation = Methods.ActivationOf(layer.Methods),
        };

    private static LayerForms Build(LayerSpec spec)
    {
        var b = new Index("b", Size.Symbol("batch"));
        var (layer, shape) = (ShapeOf(spec), Methods.SeenBy(spec.Methods, WeightOf(spec.Kind)));
        var o = shape.Output;
        var x = new Tensor("x", TensorRole.Input, [b, .. shape.Inputs]);
        var bias = new Tensor("bias", TensorRole.Trainable, [o]);
        var folded = new Tensor("W", TensorRole.Folded, shape.Axes);
        var weight = Methods.Apply(spec.Methods, shape);
        var inference = Methods.Apply(Reparam.Folding(spec.Methods), shape);
        Expr Product(Expr matrix) => SumOver(shape.Inputs, x.All * matrix);
        Expr AddBranches(Expr dense) => weight.Branches.Aggregate(weight.Branches.Count == 0 || dense is Literal ? dense : Name("dense", dense), (sum, branch) => sum + Apply(branch, x.All, shape));
        Expr AddBias(Expr product) => layer.Bias ? product + bias[o] : product;
        var training = AddBias(AddBranches(Product(weight.Dense)));

        var rounded = layer.Activation is { } activation ? ActivationGrids.Of(activation, x) : null;

        return new LayerForms(
            spec.Name,
            Title(spec, layer),
            layer,
            shape,
            x,
            Order: [b, o, .. weight.Stored.SelectMany(stored => stored.Tensor.Axes).Distinct().Where(axis => !shape.Axes.Contains(axis)), .. shape.Inputs],
            OutputAxes: [b, o],
            new Claim(spec.Name, training, AddBias(Product(folded.All)), [new FoldDefinition(folded, inference.Merged)], []),
            layer.Bias ? [.. weight.Stored, new StoredTensor(bias, "added to the output")] : weight.Stored,
            weight.Initialization,
            rounded is null ? weight.Notes : [.. weight.Notes, rounded.Note],
            [.. shape.SizeBindings("in"), .. weight.Sizes],
            Unit: "sample")
        {
            Rounded = weight.Rounded,
            Packed = inference.Packed is { } packed ? PackedForms.Of(spec.Name, training, packed, weight.Branches, matrix => AddBias(AddBranches(Product(matrix)))) : null,
            Fit = weight.Fit,
            Factors = weight.Factors,
            Activation = rounded is null ? null : InputForms.Of(
                spec.Name, rounded, training, AddBias(Inference(rounded, inference, shape, folded)), inference.Packed?.Folds ?? [new FoldDefinition(folded, inference.Merged)]),
            Branches = weight.Branches,
            Merged = weight is { Branches.Count: > 0, Dense: Access { Tensor.Role: TensorRole.Trainable } } && rounded is null ? AddBias(Product(Name("merged", weight.Merged))) : null,
            Masks = weight.Masks,
            Updates = weight.Updates,
            NonZeros = weight.Branches.Count == 0 ? weight.NonZeros : null,
        }.RoundedToNearest(weight.Dither);
    }

    /// <summary>
    /// In codes of the input: sums of products of whole numbers, each times the scales of both sides; where the weight does not stand for
    /// whole numbers, sums of products with its values.
    /// </summary>
    private static Expr Inference(RoundedInput rounded, EffectiveWeight weight, WeightShape shape, Tensor folded)
    {
        if (weight.Packed is not { } packed)
        {
            return rounded.Scale * SumOver(shape.Inputs, rounded.Steps * folded.All);
        }

        var (alone, scaled) = (shape.Inputs.Where(index => !packed.ScaleAxes.Contains(index)), shape.Inputs.Where(packed.ScaleAxes.Contains));
        Expr Whole(WholePart part) => rounded.Scale / part.Divisor * part.Coefficient * SumOver(scaled, packed.Scale.All * SumOver(alone, rounded.Steps * part.Value));
        var dense = packed.WholeParts is { Count: > 0 } parts
            ? parts.Select(Whole).Aggregate((sum, next) => sum + next)
            : rounded.Scale * SumOver(shape.Inputs, rounded.Steps * packed.Decoded);
        return weight.Branches.Aggregate(dense, (sum, branch) => sum + Apply(branch, rounded.Decoded, shape));
    }

    private static Expr SumOver(IEnumerable<Index> indices, Expr body) => indices.Reverse().Aggregate(body, (inner, index) => Sum(index, inner));

    /// <summary>The branch <c>s · (x Aᵀ) Bᵀ</c>: 2·r·(in + out) operations a sample instead of 2·in·out.</summary>
    private static Expr Apply(LowRankBranch branch, Expr x, WeightShape shape)
    {
        var reduced = SumOver(shape.Inputs, x * branch.DownFactor);
        return branch.Scale * Name("branch", Sum(branch.Rank, Name("reduced", reduced) * branch.UpFactor));
    }

    private static string Title(LayerSpec spec, LinearShape layer) =>
        "Linear(" + spec.Kind.Size("inFeatures") + " → " + spec.Kind.Size("outFeatures") + (layer.Bias ? string.Empty : ", no bias") + ")"
        + string.Concat(spec.Methods.Select(method => ", " + Methods.Title(method)));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
