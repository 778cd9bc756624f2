using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// A table read by indices, <c>y[b,e] = weight[x[b],e]</c>: a gather, whose gradient adds up the gradients of the rows that were
/// read. The row of the padding index is read like any other, but its gradient is declared to be zero.
/// </summary>
internal static class EmbeddingLayer
{
    /// <summary>The largest number up to which every whole number is a 32-bit float.</summary>
    public const int LargestCount = 1 << 24;

    private const int NoPadding = -1;
    private const long LargestWeight = int.MaxValue;

    private const string SingleRows = "the layer reads single rows of its table, and a method would compute all of it for every batch; apply it to the layer that follows";

    public static LayerKind Kind { get; } = new("Embedding", Check, WeightOf, ShapeOf, Build) { Refuse = _ => SingleRows, Widths = new(Input: null, "dim") };

    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec kind)
    {
        var (count, dim, padding) = (kind.Int("count"), kind.Int("dim"), kind.Int("PaddingIndex", NoPadding));
        foreach (var (name, value) in new[] { ("count", count), ("dim", dim) }.Where(size => size.Item2 < 1))
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.SizeOutOfRange, "Embedding", name, Text(value), "1");
        }

        if (count > LargestCount)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.NumberOutOfRange, "Embedding", "count", Text(count), "at most " + Text(LargestCount) + ", because folded models take indices as 32-bit floats");
        }

        if (padding < NoPadding || padding >= Math.Max(count, 1))
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.NumberOutOfRange, "Embedding", "PaddingIndex", Text(padding), $"-1 for none, or from 0 to {Text(count - 1)}");
        }

        if ((long)count * dim > LargestWeight)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.WeightTooLarge, Text(count), Text(dim));
        }
    }

    private static WeightShape WeightOf(AttributeSpec kind) => new(
        [new Index("v", Size.Symbol("count")), new Index("e", Size.Symbol("dim"))],
        [kind.Int("count"), kind.Int("dim")])
    { Texts = [kind.Size("count"), kind.Size("dim")] };

    private static EmbeddingShape ShapeOf(LayerSpec layer) => new(layer.Name, layer.Kind.Int("count"), layer.Kind.Int("dim"));

    private static LayerForms Build(LayerSpec spec)
    {
        var (layer, shape, padding) = (ShapeOf(spec), WeightOf(spec.Kind), spec.Kind.Int("PaddingIndex", NoPadding));
        var (b, e) = (new Index("b", Size.Symbol("batch")), shape.Inputs[0]);
        var x = new Tensor("x", TensorRole.Input, [b]) { Entries = shape.Output.Size };
        var weight = new Tensor("weight", TensorRole.Trainable, shape.Axes);
        var folded = new Tensor("W", TensorRole.Folded, shape.Axes);
        var row = Places.Entry(x, b);
        var isTrained = 1 - Operators.Inside(row + -Size.Of(padding), Size.One);
        var read = weight[row, e];

        return new LayerForms(
            spec.Name,
            "Embedding(" + shape.RowsText + ", " + shape.ColumnsText + (padding == NoPadding ? ")" : ", padding " + Text(padding) + ")"),
            layer,
            shape,
            x,
            Order: [b, .. shape.Axes],
            OutputAxes: [b, e],
            new Claim(spec.Name, padding == NoPadding ? read : new Surrogate("padding row", read, read * isTrained), folded[row, e], [new FoldDefinition(folded, weight.All)], []),
            [new StoredTensor(weight, "a vector for each index")],
            Initialization: [],
            Notes: [],
            [SizeBinding.Of("count", layer.Count, shape.RowsText), SizeBinding.Of("dim", layer.Dim, shape.ColumnsText)],
            Unit: "index")
        {
            Table = new TableForms(padding == NoPadding ? null : padding),
        };
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
