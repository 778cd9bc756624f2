using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers.Attention;

/// <summary>
/// The two tensors that are stored in place of a weight W_qk: <c>W_qk[h,i,j] = Σ_e query[h,e,i] · key[h,e,j]</c>, whose rows (h,i) are the rows of the weight.
/// The product is a node of the graph of its own: to everything behind it, it is the weight.
/// </summary>
/// <param name="Heads">How many heads.</param>
/// <param name="HeadSize">Values of a query in each head.</param>
/// <param name="Dim">Values per token.</param>
/// <param name="QueryBias">
/// Whether <c>query</c> has a column more, the bias of the queries: to a token that is followed by a 1 that is their projection, and the row it makes in
/// <c>W_qk</c> is <c>W_kᵀ b_q</c>.
/// </param>
internal sealed record HeadFactors(int Heads, int HeadSize, int Dim, bool QueryBias)
{
    private static readonly Index H = new("h", Size.Symbol("heads")), E = new("e", Size.Symbol("head"));

    private static readonly Index J = new("j", Size.Symbol("dim"));

    /// <summary>Rows of each head: what a token is multiplied with.</summary>
    public int Rows => Dim + (QueryBias ? 1 : 0);

    public Tensor Query { get; } = new("query", TensorRole.Trainable, [H, E, QueryRows(QueryBias)]);

    public Tensor Key { get; } = new("key", TensorRole.Trainable, [H, E, J]);

    public EquatableArray<Index> Axes => [Query.Axes[0], Query.Axes[2], Key.Axes[2]];

    /// <summary>All indices, in the order of intermediate tensors.</summary>
    public EquatableArray<Index> Order => [.. Query.Axes, Key.Axes[2]];

    public Expr Product => Sum(E, Query.All * Key.All);

    public Tensor Gradient => new("grad_y", TensorRole.OutputGradient, Axes);

    public EquatableArray<StoredTensor> Stored => [new(Query, "the queries of every head"), new(Key, "the keys of every head")];

    public SizeBinding[] Sizes => QueryBias
        ? [new("heads", Heads), new("head", HeadSize), new("dim", Dim), new("rows", Rows)]
        : [new("heads", Heads), new("head", HeadSize), new("dim", Dim)];

    /// <summary>The factors of a weight (heads · rows, dim): no number of heads that divides dim makes both readings of its rows possible.</summary>
    public static HeadFactors Of(int rows, int dim)
    {
        var bias = rows % (dim + 1) == 0;
        var heads = rows / (bias ? dim + 1 : dim);
        return new HeadFactors(heads, dim / heads, dim, bias);
    }

    /// <summary>The index of a head's rows.</summary>
    public static Index QueryRows(bool bias) => new("i", Size.Symbol(bias ? "rows" : "dim"));

    /// <summary>dW_q = W_k Gᵀ and dW_k = W_q G in each head, as reverse mode finds them.</summary>
    public IReadOnlyList<Gradient> Gradients() => ReverseMode.Differentiate(Product, Gradient.All, [Query, Key]);
}
