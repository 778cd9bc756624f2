using System.Globalization;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>
/// Writes how a layer chooses between terms of low rank as branches and merged into the weight: by the rows or output positions of its batch, from a number on that is a
/// constant, or, where the constructor takes sizes, follows from them as the layer is made.
/// </summary>
internal static class MergeChoiceText
{

    /// <summary>The number of rows, as a member.</summary>
    public static IReadOnlyList<string> Constants(LayerForms forms, BranchChoice? choice) => forms.Merged is null || choice is null ? [] :
    [
        $"/// <summary>The {Units(forms)} of a batch from which merging the terms of low rank into a trained weight takes no more operations than branches do.</summary>",
        choice.From is { } rows ? $"private const long MergeFrom = {rows.ToString(CultureInfo.InvariantCulture)};" : "private readonly long mergeFrom;",
        string.Empty,
    ];

    /// <summary>What a constructor that takes sizes computes from them.</summary>
    public static IEnumerable<string> Construction(LayerForms forms, BranchChoice? choice) => forms.Merged is null || choice is null or { From: not null } ? [] :
        [$"mergeFrom = LayerSizes.RowsToMerge(mergedFlops: {CertificateText.Code(forms, choice.MergedFlops, "the operations that merge a term of low rank")}, branchFlops: {CertificateText.Code(forms, choice.BranchFlops, "the operations of a term of low rank for a row")});"];

    /// <summary>The call of <see cref="Method"/>.</summary>
    public static string Call(string rows) => $"MergeOrBranch({rows})";

    /// <summary>The method that chooses.</summary>
    public static void Method(CodeWriter writer, LayerForms forms)
    {
        if (forms.Merged is null)
        {
            return;
        }

        var isImage = forms.Shape is Conv2dShape;
        var (from, weight) = (forms.IsSymbolic ? "mergeFrom" : "MergeFrom", LayerText.Field(forms.Stored[0].Tensor));
        var (input, count) = isImage ? ("images", "images.shape[0] * Geometry.OutputSize((int)images.shape[2]) * Geometry.OutputSize((int)images.shape[3])") : ("rows", "rows.shape[0]");
        var tensors = string.Join(", ", forms.Stored.Select(stored => LayerText.Field(stored.Tensor)));
        writer.Line($"/// <summary>Merges from <see cref=\"{from}\"/> {Units(forms)} on. A frozen weight has no gradient that those of the terms could come from: branches.</summary>");
        writer.Block($"private Tensor MergeOrBranch(Tensor {input})", () => writer
            .Line($"var merges = {weight}.requires_grad && {count} >= {from};")
            .Line($"return merges ? MergedPass.Apply({input}, {tensors}) : Pass.Apply({input}, {tensors});")).Line();
    }

    /// <summary>What the batch is counted in.</summary>
    public static string Units(LayerForms forms) => forms.Shape is Conv2dShape ? "output positions" : "rows";
}
