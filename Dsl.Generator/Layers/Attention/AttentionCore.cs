using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers.Attention;

/// <summary>What an attention layer computes between its projections, without weights: <c>softmax(q kᵀ / √d + mask) v</c>.</summary>
/// <param name="Shape">The layer.</param>
/// <param name="Inputs">q, k, v, and the mask where the layer is causal; of merged queries and keys, q is the layer's input, followed by a 1 where there is a bias.</param>
/// <param name="Order">The indices in the order in which intermediate tensors keep them.</param>
/// <param name="OutputAxes">The axes of the output, the heads apart.</param>
/// <param name="Plain">The formula as the paper has it.</param>
/// <param name="Stable">The same with the largest score subtracted in front of the exponential, which no float overflows.</param>
/// <param name="Merge">That x W_qk xᵀ are the scores of x W_qᵀ and x W_kᵀ, where they are merged.</param>
internal sealed record AttentionCore(
    AttentionShape Shape,
    EquatableArray<Tensor> Inputs,
    EquatableArray<Index> Order,
    EquatableArray<Index> OutputAxes,
    Expr Plain,
    Expr Stable,
    Claim? Merge)
{
    private static readonly Size Tokens = Size.Symbol("tokens");

    private static readonly Index B = new("b", Size.Symbol("batch")), T = new("t", Tokens), S = new("s", Tokens);

    private static readonly Index H = new("h", Size.Symbol("heads")), G = new("g", Size.Symbol("group"));

    private static readonly Index E = new("e", Size.Symbol("head")), I = new("i", Size.Symbol("dim")), J = new("j", Size.Symbol("dim"));

    /// <summary>The softmax that is computed is the softmax that is meant.</summary>
    public Claim Shift => new(Shape.Name, Stable, Plain, [], []);

    /// <summary>The tensors that gradients are wanted for.</summary>
    public IReadOnlyList<Tensor> Differentiable => [.. Inputs.Take(3)];

    /// <summary>The tensor that stands for the gradient of the output.</summary>
    public Tensor OutputGradient => new("grad_y", TensorRole.OutputGradient, OutputAxes);

    public static AttentionCore Of(LayerSpec layer)
    {
        var shape = (AttentionShape)LayerShape.AsWritten(layer);
        EquatableArray<Index> heads = !shape.IsGrouped ? [H] : [H, G];
        var along = shape.Merged ? HeadFactors.QueryRows(shape.QueryBias) : E; // what a query and a key are multiplied over
        var q = new Tensor("q", TensorRole.Input, shape.Merged ? [B, T, along] : [B, T, .. heads, E]);
        var k = new Tensor("k", TensorRole.Input, [B, S, H, along]);
        var v = new Tensor("v", TensorRole.Input, [B, S, H, E]);
        var mask = new Tensor("mask", TensorRole.Input, [T, S]);
        var scores = Scores(Sum(along, q.All * k.All), shape.Causal ? mask : null);
        EquatableArray<Tensor> inputs = shape.Causal ? [q, k, v, mask] : [q, k, v];
        return new AttentionCore(
            shape,
            inputs,
            [B, .. heads, T, S, E, .. shape.Merged ? new[] { along } : [I]],
            [B, T, .. heads, E],
            Attend(Exp(scores), v),
            Attend(Exp(scores - StopGradient(Name("largest", MaxOver(S, scores)))), v),
            shape.Merged ? MergeOf(layer.Name, shape.Bias, shape.Causal ? mask : null, v) : null);
    }

    /// <summary>A size at the declared numbers: a number, or a polynomial in the sizes that the constructor takes. What has none counts as one, so that costs are for one token and one key.</summary>
    public Size Resolve(Size size) => size.Substitute(symbol => BindingOf(symbol) is { } binding ? binding.Text is null ? Size.Of(binding.Value) : null : Size.One);

    /// <summary>The same in the class of the layer, where properties hold the sizes; of 64 bits with a suffix for numbers.</summary>
    public string SizeText(Size size, string suffix = "") => Text(Resolve(size), symbol => BindingOf(symbol)!.Value.Text is var text && text!.Contains(' ') ? "(" + text + ")" : text!, suffix);

    /// <summary>The same inside of a pass, which has nothing but its tensors.</summary>
    public string SizeInPass(Size size) => Text(Resolve(size), symbol => symbol switch
    {
        "heads" => "k.shape[2]",
        "group" => "q.shape[3]",
        _ => "v.shape[3]",
    });

    private SizeBinding? BindingOf(string symbol) => symbol switch
    {
        "heads" => SizeBinding.Of(symbol, Shape.KvHeads, Shape.KvHeadsText),
        "group" => SizeBinding.Of(symbol, Shape.Heads / Shape.KvHeads, Shape.GroupText),
        "head" => SizeBinding.Of(symbol, Shape.HeadSize, Shape.HeadSizeText),
        "dim" => SizeBinding.Of(symbol, Shape.Dim, Shape.DimText),
        "rows" => new(symbol, Shape.KeyLength),
        _ => null,
    };

    private static string Text(Size size, Func<string, string> symbol, string suffix = "") => size.IsZero ? "0" : string.Join(
        " + ",
        size.Terms.Select(term => string.Join(" * ", (term.Coefficient == 1 && term.Symbols.Count > 0 && suffix.Length == 0 ? [] : new[] { term.Coefficient.ToString(CultureInfo.InvariantCulture) + suffix }).Concat(term.Symbols.Select(symbol))))).Replace("+ -", "- ");

    private static Expr Scores(Expr products, Tensor? mask)
    {
        var scaled = Name("products", products) / Sqrt(new SizeValue(E.Size));
        return Name("scores", mask is null ? scaled : scaled + mask.All);
    }

    /// <summary>Σ_s e_s / (Σ_s e_s) · v_s.</summary>
    private static Expr Attend(Expr exponentials, Tensor v)
    {
        var named = Name("exponentials", exponentials);
        return Sum(S, Name("weights", named / Name("total", Sum(S, named))) * v.All);
    }

    /// <summary>
    /// Training stores W_q and W_k; inference multiplies with W_qk alone. Both go through the same softmax, which does not see what is the same for all keys:
    /// of biases only u = W_kᵀ b_q remains.
    /// </summary>
    private static Claim MergeOf(string name, bool bias, Tensor? mask, Tensor v)
    {
        var x = new Tensor("x", TensorRole.Input, [B, T, I]);
        var query = new Tensor("W_q", TensorRole.Trainable, [H, E, I]);
        var key = new Tensor("W_k", TensorRole.Trainable, [H, E, J]);
        var (queryBias, keyBias) = (new Tensor("b_q", TensorRole.Trainable, [H, E]), new Tensor("b_k", TensorRole.Trainable, [H, E]));
        var (merged, moved) = (new Tensor("W_qk", TensorRole.Folded, [H, I, J]), new Tensor("u", TensorRole.Folded, [H, J]));
        var queries = Sum(I, x[B, T, I] * query[H, E, I]);
        var keys = Sum(J, x[B, S, J] * key[H, E, J]);
        var product = new FoldDefinition(merged, Sum(E, query[H, E, I] * key[H, E, J]));
        var scores = Sum(I, x[B, T, I] * Sum(J, merged[H, I, J] * x[B, S, J]));
        return bias
            ? new Claim(
                name,
                Attend(Exp(Scores(Sum(E, (queries + queryBias[H, E]) * (keys + keyBias[H, E])), mask)), v),
                Attend(Exp(Scores(scores + Sum(J, moved[H, J] * x[B, S, J]), mask)), v),
                [product, new FoldDefinition(moved, Sum(E, queryBias[H, E] * key[H, E, J]))],
                [])
            : new Claim(name, Attend(Exp(Scores(Sum(E, queries * keys), mask)), v), Attend(Exp(Scores(scores, mask)), v), [product], []);
    }
}
