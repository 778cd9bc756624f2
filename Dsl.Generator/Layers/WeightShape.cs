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
    public Index Output => Axes[0];

    /// <summary>The axes of one output's inputs.</summary>
    public EquatableArray<Index> Inputs => Axes.Skip(1).ToEquatableArray();

    public int Rows => Dimensions[0];

    /// <summary>How many inputs one output has: the columns of the matrix.</summary>
    public int Columns => Dimensions.Skip(1).Aggregate(1, (product, size) => product * size);

    /// <summary>The tensor that initialization starts from, read at the weight's axes.</summary>
    public Expr Target => new Tensor("target", TensorRole.Input, Axes).All;
}
