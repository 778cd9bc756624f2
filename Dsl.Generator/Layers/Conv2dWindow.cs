using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// Where a convolution reads its input. Strides, paddings, dilations and groups other than the usual ones are symbols, so that
/// proofs hold for all of them; the sizes of image and output are symbols too, and no relation between them is needed.
/// </summary>
internal sealed class Conv2dWindow
{
    private readonly Conv2dShape layer;
    private readonly WeightShape shape;
    private readonly Expr? image;
    private readonly Index p = new("p", Size.Symbol("rows"));
    private readonly Index q = new("q", Size.Symbol("columns"));

    public Conv2dWindow(Conv2dShape layer, WeightShape shape)
    {
        this.layer = layer;
        this.shape = shape;
        var channels = IsGrouped ? Size.Symbol("groups") * shape.Inputs[0].Size : shape.Inputs[0].Size;
        Input = new Tensor("x", TensorRole.Input, [Batch, new Index("m", channels), new Index("h", Size.Symbol("height")), new Index("w", Size.Symbol("width"))]);
    }

    public Index Batch { get; } = new("b", Size.Symbol("batch"));

    /// <summary>The places of the output.</summary>
    public EquatableArray<Index> Positions => [p, q];

    public Tensor Input { get; }

    /// <summary>What is convolved, over the axes of the input: the input itself, or its codes.</summary>
    public Expr Image { get => image ?? Input.All; init => image = value; }

    public bool IsGrouped => layer.Groups > 1;

    /// <summary>The declared sizes.</summary>
    public IEnumerable<SizeBinding> Sizes =>
    [
        .. IsGrouped
            ? new[] { new("groups", layer.Groups), SizeBinding.Of("group_in", shape.Dimensions[1], shape.Texts[1]), SizeBinding.Of("group_out", layer.OutChannels / layer.Groups, Conv2dLayer.InGroups(shape.RowsText, layer.OutChannels, layer.Groups)) }
            : [SizeBinding.Of("in", layer.InChannels, shape.Texts[1]), SizeBinding.Of("out", layer.OutChannels, shape.RowsText)],
        new("kernel", layer.KernelSize),
        new("stride", layer.Stride),
        new("padding", layer.Padding),
        new("dilation", layer.Dilation),
    ];

    /// <summary>The input convolved with a kernel over the weight's axes.</summary>
    public Expr Convolve(Expr kernel)
    {
        var (o, c, u, v) = (shape.Output, shape.Inputs[0], shape.Inputs[1], shape.Inputs[2]);
        if (!IsGrouped)
        {
            return Sum(c, Sum(u, Sum(v, Read(c, u, v) * kernel)));
        }

        var group = new Index("γ", Size.Symbol("groups"));
        var groupOut = Size.Symbol("group_out");
        return Sum(group, Sum(c, Sum(u, Sum(v, Read((c.Size * group) + c, u, v) * kernel * Inside((-groupOut * group) + o, groupOut)))));
    }

    /// <summary>The branch <c>s · B ∗ (A ∗ x)</c>: A has the layer's kernel and r outputs, B is a 1×1 convolution.</summary>
    public Expr Apply(LowRankBranch branch)
    {
        var (c, u, v) = (shape.Inputs[0], shape.Inputs[1], shape.Inputs[2]);
        var reduced = Name("reduced", Sum(c, Sum(u, Sum(v, Read(c, u, v) * branch.DownFactor))));
        return branch.Scale * Name("branch", Sum(branch.Rank, reduced * branch.UpFactor));
    }

    /// <summary>The input under element (u, v) of the kernel at output (p, q); outside of the image it counts as zero.</summary>
    private Expr Read(AffineIndex channel, Index u, Index v)
    {
        var (row, column) = (Place(p, u), Place(q, v));
        return Image.Reindex(Input.Axes, [Batch, channel, row, column]) * Inside(row, Input.Axes[2].Size) * Inside(column, Input.Axes[3].Size);
    }

    private AffineIndex Place(Index position, Index element) =>
        (Symbol("stride", layer.Stride, 1) * position) + (AffineIndex)(Symbol("dilation", layer.Dilation, 1) * element) + -Symbol("padding", layer.Padding, 0);

    /// <summary>The usual value as a number, which keeps formulas short; any other as a symbol.</summary>
    private static Size Symbol(string name, int declared, int usual) => declared == usual ? usual : Size.Symbol(name);
}
