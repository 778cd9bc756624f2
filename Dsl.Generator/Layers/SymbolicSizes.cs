using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Reparams;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// Sizes that a layer's constructor takes. Forms and proofs have symbols for all sizes anyway; here is what else depends on the numbers: a value that
/// stands for all in estimates, the constraints that the constructor checks, and what is refused because its form depends on the numbers.
/// </summary>
internal static class SymbolicSizes
{
    private const int LeastNominal = 1024;
    private const int LargestNominal = 1 << 15;

    /// <summary>The bytes of a packed row, rounded up.</summary>
    public const string RowBytes = "row_bytes";

    /// <summary>The most numbers of a masked weight that differ from zero.</summary>
    public const string NonZeros = "non_zeros";

    /// <summary>The bytes of a masked weight, dense or as compressed rows.</summary>
    public const string SparseBytes = "sparse_bytes";

    /// <summary>The kind with a value for its parameters at which every constraint that only the constructor can check holds.</summary>
    public static AttributeSpec WithNominal(AttributeSpec kind, IReadOnlyList<AttributeSpec> methods)
    {
        if (!kind.Parameters.Any())
        {
            return kind;
        }

        // Of heads that the constructor takes, the least possible stands for all.
        var heads = kind.Arguments.FirstOrDefault(argument => argument.Name == "heads") is { Name: not null } argument ? argument.IsParameter ? Math.Max(1, kind.Int("KvHeads")) : Math.Max(1, kind.Int("heads")) : 1;
        var shared = kind.Name == AttentionLayer.Attribute ? heads / Math.Max(1, AttentionLayer.KvHeads(kind)) : 1L;
        var step = Math.Max(1L, Methods.BlockOf(methods.ToEquatableArray())) * Math.Max(1, kind.Int("Groups", 1)) * heads;
        var least = methods.Select(method => 4L * method.Int("rank") * Math.Max(1, shared)).Append(LeastNominal).Append(kind.Int("PaddingIndex") + 1L).Max();
        var nominal = Math.Max(step <= int.MaxValue ? step : 1, Math.Min((least + step - 1) / step * step, LargestNominal / step * step));
        return kind with { Arguments = kind.Arguments.Select(size => size.IsParameter ? size with { Number = size.Name == "heads" ? heads : size.Name == AttentionLayer.NamedKvHeads ? 1 : nominal } : size).ToEquatableArray() };
    }

    /// <summary>What depends on the numbers, and needs them while the project compiles.</summary>
    public static IEnumerable<DiagnosticInfo> Check(LayerSpec layer)
    {
        if (!layer.Kind.Parameters.Any())
        {
            return [];
        }

        if (layer.Kind.Name == AttentionLayer.Attribute)
        {
            return layer.Methods.FirstOrDefault(QKReparam.Is) is { } merged
                ? [Refuse(merged, "W_qk has heads · dim rows, which are read as numbers", "declare them as numbers or constants, or leave QKReparam out")]
                : PartDiagnostics.Join(AttentionParts.Of(layer), Check);
        }

        if (layer.Methods.Select(method => (method, Taken: Taken(layer, method))).FirstOrDefault(found => found.Taken is not null) is { Taken: { } taken } clash)
        {
            return [DiagnosticInfo.At(clash.method.Place, DeclarationDiagnostics.ConstructorRefused, layer.Name, $"'{clash.method.Own!.Name}' stores a '{taken}' of its own", $"rename the parameter '{taken}' of one of them")];
        }

        DiagnosticInfo Refuse(AttributeSpec attribute, string reason, string remedy) => DiagnosticInfo.At(attribute.Place, DeclarationDiagnostics.NotWithParameters, layer.Name, reason, remedy);
        if (layer.Methods.FirstOrDefault(method => method.Name == SparseIso.Method.Attribute && SparseIso.KindOf(method) != "Parallel") is { } sparse)
        {
            return [Refuse(sparse, $"the ranks and widths of SparseKind.{SparseIso.KindOf(sparse)} follow from them", "declare them as numbers or constants, or choose SparseKind.Parallel")];
        }

        if (layer.Methods.FirstOrDefault(method => method.Own is { IsSquare: true }) is { } square && layer.Kind.Size("inFeatures") != layer.Kind.Size("outFeatures"))
        {
            return [Refuse(square, $"'{square.Own!.Name}' needs as many inputs as outputs", "give both the same parameter")];
        }

        return [];
    }

    /// <summary>A size of the layer that has the name of a field for what a user's method stores; null where none has.</summary>
    private static string? Taken(LayerSpec layer, AttributeSpec method) =>
        layer.Constructor?.Parameters.Select(parameter => parameter.Name).FirstOrDefault(Reparam.Fields(method).Contains);

    /// <summary>Whether the passes, which have no properties, can read every size from their tensors.</summary>
    public static IEnumerable<DiagnosticInfo> CheckReadable(LayerSpec layer)
    {
        if (!layer.Kind.Parameters.Any())
        {
            return [];
        }

        if (layer.Kind.Name == AttentionLayer.Attribute)
        {
            return PartDiagnostics.Join(AttentionParts.Of(layer), CheckReadable);
        }

        var forms = LayerKinds.Find(layer.Kind.Name).Build(layer);
        return LayerForms.CanRead(forms.Sizes, [forms.Input, .. forms.Stored.Select(stored => stored.Tensor)])
            ? []
            : [DiagnosticInfo.At(layer.Kind.Place, DeclarationDiagnostics.NotWithParameters, layer.Name, "no stored tensor has an axis of one of them", "add a bias, or declare them as numbers or constants")];
    }

    /// <summary>The forms of a layer, with what its constructor takes and requires.</summary>
    public static LayerForms Complete(LayerForms forms, LayerSpec layer) => layer.Constructor is not { } constructor ? forms : forms with
    {
        Constructor = constructor,
        Requirements = [.. SizeRequirements.Of(layer, forms.Weight), .. SizeRequirements.OfStored(forms)],
        Sizes = forms.IsSymbolic ? [.. forms.Sizes, .. Counted(forms)] : forms.Sizes,
    };

    /// <summary>Counts that are no polynomials in the sizes.</summary>
    private static IEnumerable<SizeBinding> Counted(LayerForms forms)
    {
        if (forms.Shape.Format is { } format)
        {
            yield return new SizeBinding(RowBytes, 1, $"({forms.Weight.ColumnsText} * {Text(format.Bits)} + 7) / 8");
        }

        if (forms is { NonZeros: not null, Masks: { Count: > 0 } masks })
        {
            var numbers = $"Math.Min({Text(masks[0].Branches)} * {masks[0].OnesText}, 1L * {forms.Weight.RowsText} * {forms.Weight.ColumnsText})";
            yield return new SizeBinding(NonZeros, 1, numbers);
            yield return new SizeBinding(SparseBytes, 1, $"Math.Min(4L * {forms.Weight.RowsText} * {forms.Weight.ColumnsText}, LayerSizes.SparseBytes({numbers}, {forms.Weight.RowsText}, {forms.Weight.ColumnsText}))");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
