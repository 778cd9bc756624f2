using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Reparams;

namespace LayerDsl.Generator.Layers;

/// <summary>What constructors require of the sizes that they are given, once each is at least 1, as statements. What is divided comes before what is multiplied.</summary>
internal static class SizeRequirements
{
    /// <summary>All of a layer, its projections included; a model writes them before it makes its first layer.</summary>
    public static IEnumerable<string> Of(LayerSpec layer) => !layer.Kind.Parameters.Any() ? []
        : AttentionLayer.Is(layer) ? AttentionLayer.Requirements(layer)
        : layer.Methods.Any(method => method.Own is not null) ? LayerKinds.Build(layer).Requirements
        : Of(layer, layer.Kind.Name == "Linear" ? Methods.SeenBy(layer.Methods, LayerKinds.Find(layer.Kind.Name).Weight(layer.Kind)) : LayerKinds.Find(layer.Kind.Name).Weight(layer.Kind));

    /// <summary>A method may store a tensor that is larger than the weight: a rotation of the inputs, say.</summary>
    public static IEnumerable<string> OfStored(LayerForms forms) => !forms.IsSymbolic ? [] :
        from stored in forms.Stored
        let size = stored.Tensor.Axes.Aggregate(Size.One, (product, axis) => product * forms.Resolve(axis.Size))
        where size.Terms.Any(term => term.Symbols.Distinct().Count() < term.Symbols.Count)
        let factors = stored.Tensor.Axes.Select(axis => forms.SizeText(axis.Size)).ToArray()
        select $"_ = LayerSizes.Total(\"{forms.Name}\", \"the number of values of '{stored.Tensor.Name}'\", {string.Join(" * ", factors.Skip(1).Prepend("LayerSizes.Exact(" + factors[0] + ")"))});";

    /// <summary>The same of a layer whose weight is known.</summary>
    public static IEnumerable<string> Of(LayerSpec layer, WeightShape weight)
    {
        if (!weight.IsSymbolic)
        {
            yield break;
        }

        var name = "\"" + layer.Name + "\"";
        foreach (var channels in layer.Kind.Arguments.Where(argument => argument.IsParameter && layer.Kind.Int("Groups", 1) > 1))
        {
            yield return $"LayerSizes.IsMultiple({name}, \"{channels.Text}\", {layer.Kind.Size(channels.Name)}, {Text(layer.Kind.Int("Groups"))}, \"the number of groups\");";
        }

        if (weight.Block > 0 && !weight.ColumnsText.All(char.IsDigit))
        {
            yield return $"LayerSizes.IsMultiple({name}, \"{layer.Kind.Choice("inFeatures", string.Empty)}\", {weight.ColumnsText}, {Text(weight.Block)}, \"the group size\");";
        }

        if (weight.Dimensions.Count > 1)
        {
            var columns = (weight.ColumnsText.Contains(" * ") ? "1L * " : string.Empty) + weight.ColumnsText;
            yield return $"LayerSizes.Fits({name}, {weight.RowsText}, {columns});";
        }

        if (layer.Kind.Name == "Embedding")
        {
            yield return $"LayerSizes.IsTable({name}, {weight.RowsText}, paddingIndex: {Text(layer.Kind.Int("PaddingIndex", -1))});";
        }

        foreach (var method in layer.Methods.Where(method => method.Name == LowRank.Method.Attribute))
        {
            yield return $"LayerSizes.RankFits({name}, {Text(method.Int("rank"))}, {weight.ColumnsText}, {weight.RowsText});";
        }

        foreach (var method in layer.Methods.Where(method => method.Name == SparseIso.Method.Attribute))
        {
            yield return SparseIso.Requirement(method, name, weight);
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
