using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator.Merging;

/// <summary>A model with what was found of its pairs, and its folded half.</summary>
internal sealed record MergedModel(ModelSpec Model, EquatableArray<ProvedPair> Pairs, FoldedPlan? Folded)
{
    /// <summary>The pairs that are merged.</summary>
    public IEnumerable<ProvedPair> Merged => Pairs.Where(pair => pair.IsMerged);
}

/// <summary>
/// Finds layers of a model that can be merged when it is folded. The first layer's output must have no other reader, each of the
/// two must be called once. A normalization that follows multiplies rows, which a weight in codes leaves to its scales, where each row has
/// its own; one that comes first multiplies columns, for which codes have none: the weight must fold to 32-bit floats.
/// </summary>
internal static class Merges
{
    public static MergedModel Prove(ModelSpec model, Examiner examiner, CancellationToken cancellation)
    {
        if (model.Forward is not { } program)
        {
            return new MergedModel(model, [], null);
        }

        var pairs = InOnePairEach([.. Find(model, program)]).Select(pair => Prove(pair, examiner, cancellation)).ToEquatableArray();
        return new MergedModel(model, pairs, FoldedPlan.Of(model, pairs.Where(pair => pair.IsMerged).Select(pair => pair.Pair).ToArray()));
    }

    private static ProvedPair Prove(MergedPair pair, Examiner examiner, CancellationToken cancellation)
    {
        var forms = PairForms.Of(pair);
        return new ProvedPair(pair, forms, examiner.Prove(forms.Claim, cancellation));
    }

    private static IEnumerable<MergedPair> Find(ModelSpec model, ForwardProgram program)
    {
        var layers = model.Properties.Where(property => property.Layer is not null).ToDictionary(property => property.Layer!.Name, property => property.Layer!);
        foreach (var second in program.Steps.OfType<ForwardStep.Layer>())
        {
            if (second.Argument >= 0 && program.Steps[second.Argument] is ForwardStep.Layer first && Readers(program, second.Argument) == 1
                && Calls(program, first.Name) == 1 && Calls(program, second.Name) == 1 && CanMerge(layers[first.Name], layers[second.Name]))
            {
                yield return new MergedPair(layers[first.Name], layers[second.Name]);
            }
        }
    }

    /// <summary>
    /// A proof of a pair says nothing of three layers: a linear layer between two normalizations takes in the one that follows,
    /// of which nothing remains.
    /// </summary>
    private static IEnumerable<MergedPair> InOnePairEach(MergedPair[] pairs) =>
        pairs.Where(pair => pair.IntoFirst || !pairs.Any(other => other.IntoFirst && other.First.Name == pair.Second.Name));

    /// <summary>What a merged pair costs is counted in numbers, so that layers with sizes of the constructor stay two.</summary>
    private static bool CanMerge(LayerSpec first, LayerSpec second) => !first.Kind.Parameters.Any() && !second.Kind.Parameters.Any() && HaveForm(first, second);

    private static bool HaveForm(LayerSpec first, LayerSpec second) => (LayerShape.Of(first), LayerShape.Of(second)) switch
    {
        (Conv2dShape matrix, BatchNormShape { OfImages: true }) => CanScaleRows(matrix, first),
        (LinearShape matrix, BatchNormShape { OfImages: false }) => CanScaleRows(matrix, first),
        (RowNormShape, LinearShape matrix) => IsInFloats(matrix),
        _ => false,
    };

    /// <summary>In floats, or in codes with scales of each row, where these need not be powers of two, beside which no low-rank term stays.</summary>
    private static bool CanScaleRows(LayerShape shape, LayerSpec layer) =>
        IsInFloats(shape) || (shape is { Activation: null, Format: { GroupSize: > 0, Rank: 0 } } && layer.Methods.All(method => method.Choice("Scales", "Float") == "Float"));

    /// <summary>Neither the weight nor the input is folded to codes.</summary>
    private static bool IsInFloats(LayerShape shape) => shape.FullSignature == shape.Signature;

    private static int Readers(ForwardProgram program, int value) =>
        program.Steps.Sum(step => step.Reads.Count(read => read == value)) + (program.Result == value ? 1 : 0);

    private static int Calls(ForwardProgram program, string layer) => program.Steps.OfType<ForwardStep.Layer>().Count(step => step.Name == layer);
}
