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
internal sealed record HeadFactors(int Heads, int HeadSize, int Dim)
{
    private static readonly Index H = new("h", Size.Symbol("heads")), E = new("e", Size.Symbol("head"));

    private static readonly Index I = new("i", Size.Symbol("dim")), J = new("j", Size.Symbol("dim"));

    public Tensor Query { get; } = new("query", TensorRole.Trainable, [H, E, I]);

    public Tensor Key { get; } = new("key", TensorRole.Trainable, [H, E, J]);

    public EquatableArray<Index> Axes => [Query.Axes[0], Query.Axes[2], Key.Axes[2]];

    /// <summary>All indices, in the order of intermediate tensors.</summary>
    public EquatableArray<Index> Order => [.. Query.Axes, Key.Axes[2]];

    public Expr Product => Sum(E, Query.All * Key.All);

    public Tensor Gradient => new("grad_y", TensorRole.OutputGradient, Axes);

    public EquatableArray<StoredTensor> Stored => [new(Query, "the queries of every head"), new(Key, "the keys of every head")];

    public SizeBinding[] Sizes => [new("heads", Heads), new("head", HeadSize), new("dim", Dim)];

    /// <summary>dW_q = W_k Gᵀ and dW_k = W_q G in each head, as reverse mode finds them.</summary>
    public IReadOnlyList<Gradient> Gradients() => ReverseMode.Differentiate(Product, Gradient.All, [Query, Key]);
}
