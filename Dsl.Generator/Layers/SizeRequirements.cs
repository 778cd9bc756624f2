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

    /// <summary>A method may store a tensor that is larger than the weight, a rotation of the inputs, say; and a table may name more rows than a 32-bit float tells apart.</summary>
    public static IEnumerable<string> OfStored(LayerForms forms)
    {
        foreach (var tensor in forms.Stored.Select(stored => stored.Tensor).Where(_ => forms.IsSymbolic))
        {
            var size = tensor.Axes.Aggregate(Size.One, (product, axis) => product * forms.Resolve(axis.Size));
            if (size.Terms.Any(term => term.Symbols.Distinct().Count() < term.Symbols.Count))
            {
                yield return $"_ = LayerSizes.Total(\"{forms.Name}\", \"the number of values of '{tensor.Name}'\", {Exact(forms, size)});";
            }

            if (tensor.Entries is { } rows && forms.Resolve(rows).Constant is null)
            {
                yield return $"LayerSizes.HasIndices(\"{forms.Name}\", \"{tensor.Name}\", {Exact(forms, forms.Resolve(rows))});";
            }
        }
    }

    /// <summary>A polynomial in the layer's sizes that nothing overflows.</summary>
    public static string Exact(LayerForms forms, Size size) => string.Join(" + ", size.Terms.Select(term =>
        $"LayerSizes.Exact({term.Coefficient.ToString(CultureInfo.InvariantCulture)})" + string.Concat(term.Symbols.Select(symbol => " * " + forms.SizeText(Size.Symbol(symbol))))));

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
