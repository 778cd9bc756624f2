using System.Globalization;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// The axes and declared sizes of the weight that methods act on. The first axis counts the outputs, the others the inputs of
/// one output: to a method the weight is a matrix whose columns may have more than one index.
/// </summary>
/// <param name="Axes">(o, i) of a linear layer, (o, c, u, v) of a convolution.</param>
/// <param name="Dimensions">The declared size of every axis.</param>
internal sealed record WeightShape(EquatableArray<Index> Axes, EquatableArray<int> Dimensions)
{
    /// <summary>How many inputs a block has, where the single input axis is written as blocks and places in them; else 0.</summary>
    public int Block { get; init; }

    /// <summary>The sides that a method divides, outputs before inputs.</summary>
    public EquatableArray<SizePart> Parts { get; init; } = [];

    /// <summary>The sizes as generated code writes them: numbers, or properties that hold what the constructor was given.</summary>
    public EquatableArray<string> Texts { get => field.Count > 0 ? field : Dimensions.Select(size => size.ToString(CultureInfo.InvariantCulture)).ToEquatableArray(); init; } = [];

    /// <inheritdoc cref="Rows"/>
    public string RowsText => Texts[0];

    /// <inheritdoc cref="Columns"/>
    public string ColumnsText { get => field ?? (Texts.Skip(1).All(IsNumber) ? Columns.ToString(CultureInfo.InvariantCulture) : string.Join(" * ", Texts.Skip(1))); init; }

    /// <inheritdoc cref="Plain"/>
    public EquatableArray<string> PlainTexts => Block > 0 ? [RowsText, ColumnsText] : Texts;

    /// <summary>Whether a size of the weight is a parameter of the constructor.</summary>
    public bool IsSymbolic => !Texts.All(IsNumber);

    /// <summary>How many blocks there are.</summary>
    public string BlocksText => IsNumber(ColumnsText) ? (Columns / Block).ToString(CultureInfo.InvariantCulture) : ColumnsText + " / " + Block.ToString(CultureInfo.InvariantCulture);

    public Index Output => Axes[0];

    /// <summary>The axes of one output's inputs.</summary>
    public EquatableArray<Index> Inputs => Axes.Skip(1).ToEquatableArray();

    public int Rows => Dimensions[0];

    /// <summary>How many inputs one output has: the columns of the matrix.</summary>
    public int Columns => Dimensions.Skip(1).Aggregate(1, (product, size) => product * size);

    /// <summary>The declared sizes of the weight as users see it, without blocks.</summary>
    public EquatableArray<int> Plain => Block > 0 ? [Rows, Columns] : Dimensions;

    /// <summary>The same weight with its inputs in blocks: input i is place i mod size of block ⌊i / size⌋. A size of 0 leaves it as it is.</summary>
    public WeightShape InBlocksOf(int size) => size == 0 ? this : new(
        [Output, new Index("g", Size.Symbol("blocks")), new Index("e", Size.Symbol("block"))], [Rows, Columns / size, size])
    { Block = size, Texts = IsSymbolic ? [RowsText, ColumnsText + " / " + size.ToString(CultureInfo.InvariantCulture), size.ToString(CultureInfo.InvariantCulture)] : [], ColumnsText = ColumnsText };

    /// <summary>The same weight with the size of a side as a product, where a method divides it.</summary>
    public WeightShape InParts(SizePart? outputs, SizePart? inputs) => this with
    {
        Axes = [outputs is null ? Output : Output with { Size = outputs.Whole }, .. inputs is null || Inputs.Count != 1 ? Inputs : [Inputs[0] with { Size = inputs.Whole }]],
        Parts = new[] { outputs, inputs }.OfType<SizePart>().ToEquatableArray(),
    };

    /// <summary>The weight as a user's method sees it.</summary>
    /// <param name="own">The method.</param>
    /// <param name="numberOf">The values of its hyper-parameters.</param>
    public WeightShape SeenBy(Own.OwnMethod own, Func<string, double> numberOf)
    {
        var seen = InBlocksOf(own.Block).InParts(own.PartOf("out", numberOf), own.PartOf("in", numberOf));
        return own.IsSquare ? seen.AsSquare() : seen;
    }

    /// <summary>The same weight where it has as many inputs as outputs, by one symbol.</summary>
    public WeightShape AsSquare() => Inputs.Count == 1 ? this with { Axes = [Output, Inputs[0] with { Size = Output.Size }] } : this;

    /// <summary>The declared values of the axes' sizes.</summary>
    /// <param name="inputs">The symbol of the inputs' size, where they are not in blocks.</param>
    public IEnumerable<SizeBinding> SizeBindings(string inputs) =>
    [
        .. Block > 0
            ? (SizeBinding[])[SizeBinding.Of("out", Rows, RowsText), SizeBinding.Of("blocks", Columns / Block, BlocksText), new("block", Block)]
            : [SizeBinding.Of(inputs, Columns, ColumnsText), SizeBinding.Of("out", Rows, RowsText)],
        .. Parts.Select(part => part.Binding(part.Side == "out" ? Rows : Columns)),
    ];

    private static bool IsNumber(string text) => text.All(char.IsDigit);

    /// <summary>Whether a tensor has the blocks of the inputs as its last axes.</summary>
    public bool IsInBlocks(Tensor tensor) => Block > 0 && Inputs.All(tensor.Axes.Contains);

    /// <summary>The tensor that initialization starts from, read at the weight's axes.</summary>
    public Expr Target => new Tensor("target", TensorRole.Input, Axes).All;
}
