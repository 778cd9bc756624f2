using LayerDsl.Examples.OwnMethods;
using static LayerDsl.Functions;

namespace LayerDsl.Tests.Own;

/// <summary>One scale for each group of inputs, and another formula for inference.</summary>
[Reparameterization]
public static partial class GroupScale
{
    public static Weight Map(Weight v, [PerGroup(2)] Weight scale, [Scalar] Weight gain) => gain * scale * v / MaxOverGroup(Abs(v) + 1, 2);

    public static Weight Fold(Weight v, Weight scale, Weight gain) => v * (gain * scale) / (1 + MaxOverGroup(Abs(v), 2));

    public static (Weight v, Weight scale, Weight gain) Initialize(Weight w) => (w, MeanOverGroup(Abs(w), 2), 1);
}

/// <summary>A curve with gradients written by hand.</summary>
[Reparameterization]
public static partial class OwnGradient
{
    public static Weight Map(Weight v, [PerRow, Start(1)] Weight g, [Shape("2", "in")] Weight a, double slope) => (g * Tanh(slope * v)) + MeanOverColumn(a);

    public static (Weight v, Weight g, Weight a) Gradient(Weight above, Weight v, Weight g, double slope)
    {
        var curve = Tanh(slope * v);
        return (above * g * slope * (1 - (curve * curve)), SumOverRow(above * curve), SumOverColumn(above) / 2);
    }
}

/// <summary>A product with its own transpose, of square weights.</summary>
[Reparameterization(Square = true)]
public static partial class Symmetric
{
    public static Weight Map(Weight v) => (v + Transpose(v)) / 2 + MatMul(v, Transpose(v));
}

/// <summary>(W Wᵀ + I)⁻¹ W, whose singular values are at most ½.</summary>
[Reparameterization]
public static partial class Damped
{
    public static Weight Map(Weight v, [Size("out")] int n) => MatMul(Inverse(MatMul(v, Transpose(v)) + Identity(n)), v);
}

/// <summary>The first rows of an orthogonal matrix.</summary>
[Reparameterization]
public static partial class OrthonormalRows
{
    public static Weight Map([Shape("in", "in")] Weight p, [Size("out")] int rows, [Size("in")] int n)
    {
        var half = (p - Transpose(p)) / 2;
        return MatMul(Identity(rows, n), MatMul(Identity(n) + half, Inverse(Identity(n) - half)));
    }
}

/// <summary>An inverse and its transpose, number by number and by row, and a diagonal matrix.</summary>
[Reparameterization(Square = true)]
public static partial class TurnedInverse
{
    public static Weight Map(Weight v, [PerRow, Start(2)] Weight g, [Size("in")] int n)
    {
        var inverse = Inverse(v + (g * Identity(n)));
        return g * Tanh(Transpose(inverse)) * inverse / Sqrt(1 + SumOverRow(inverse * inverse));
    }
}

/// <summary>A transpose that is read by rows.</summary>
[Reparameterization(Square = true)]
public static partial class TurnedRows
{
    public static Weight Map(Weight v)
    {
        var turned = 2 * Transpose(v);
        return turned / Sqrt(SumOverRow(turned * turned));
    }
}

/// <summary>A small matrix of blocks, as LoKr has it, on top of a weight.</summary>
[Reparameterization]
public static partial class Blocks
{
    public static Weight Map(Weight v, [Shape("p", "q")] Weight a, [Shape("out / p", "in / q")] Weight b, int p, int q, double scale = 1) => v + scale * Kronecker(Tanh(a), b);
}

/// <summary>The same with the factors in the other order, one of them a product, and each row of length 1.</summary>
[Reparameterization]
public static partial class UnitBlocks
{
    public static Weight Map([Shape("out / 2", "rank")] Weight a, [Shape("rank", "in / 3")] Weight c, [Shape("2", "3")] Weight b, int rank)
    {
        var blocks = Kronecker(MatMul(a, c), b);
        return blocks / Sqrt(1 + SumOverRow(blocks * blocks));
    }
}

/// <summary>A vector for the rows of a block, and the inverse of a matrix of blocks.</summary>
[Reparameterization]
public static partial class TurnedBlocks
{
    public static Weight Map([Shape("2", "2")] Weight a, [Shape("out / 2", "in / 2")] Weight b, [Shape("2")] Weight g, [Shape("out / 2"), Start(1)] Weight s) =>
        Kronecker(g, s) * Transpose(Kronecker(Inverse(a + 3 * Identity(2)), Transpose(b)));
}

[Linear(6, 4), Reparam(typeof(Blocks), 2, 3, 0.5)]
public sealed partial class BlocksLayer;

[Linear(6, 4), Reparam(typeof(UnitBlocks), 2)]
public sealed partial class UnitBlocksLayer;

[Linear(6, 4), Reparam(typeof(TurnedBlocks))]
public sealed partial class TurnedBlocksLayer;

[Linear(6, 4), Reparam(typeof(WeightNorm)), Reparam(typeof(Blocks), 4, 2), Quantize(Bits = 4)]
public sealed partial class QuantizedBlocksLayer;

[Linear(5, 5), Reparam(typeof(Cayley))]
public sealed partial class CayleyLayer;

[Linear(1, 1), Reparam(typeof(Damped))]
public sealed partial class DampedNumber;

[Linear(6, 4), Reparam(typeof(Damped))]
public sealed partial class DampedLayer;

[Conv2d(2, 4, 3), Reparam(typeof(Damped))]
public sealed partial class DampedKernel;

[Linear(6, 4), Reparam(typeof(OrthonormalRows))]
public sealed partial class OrthonormalLayer;

[Linear(5, 5), Reparam(typeof(TurnedInverse))]
public sealed partial class TurnedInverseLayer;

[Linear(5, 5), Reparam(typeof(TurnedRows))]
public sealed partial class TurnedRowsLayer;

[Linear(5, 5), Reparam(typeof(Cayley)), Reparam(typeof(WeightNorm)), Quantize(Bits = 4)]
public sealed partial class QuantizedCayleyLayer;

[Linear(6, 4), Reparam(typeof(WeightNorm))]
public sealed partial class WeightNormLayer;

[Conv2d(2, 4, 3, Padding = 1), Reparam(typeof(WeightNorm))]
public sealed partial class WeightNormKernel;

[Linear(6, 4), Reparam(typeof(Dora), 2, 3.0)]
public sealed partial class DoraLayer;

[Linear(6, 4), Reparam(typeof(GatedPruning), 1.5)]
public sealed partial class GatedLayer;

[Conv2d(2, 4, 3), Reparam(typeof(WeightStandardization))]
public sealed partial class StandardizedKernel;

[Linear(6, 4), Reparam(typeof(CosineLowRank), 3)]
public sealed partial class CosineLayer;

[Linear(6, 4), Reparam(typeof(LearnedTernary))]
public sealed partial class TernaryLayer;

[Linear(6, 4), Reparam(typeof(SpectralNorm))]
public sealed partial class SpectralLayer;

[Linear(5, 5), Reparam(typeof(Circulant))]
public sealed partial class CirculantLayer;

[Linear(6, 4), Reparam(typeof(Toeplitz))]
public sealed partial class ToeplitzLayer;

[Linear(6, 4), Reparam(typeof(OwnGradient), 3.0)]
public sealed partial class OwnGradientLayer;

[Linear(6, 4), Reparam(typeof(GroupScale))]
public sealed partial class GroupScaleLayer;

[Linear(5, 5), Reparam(typeof(Symmetric))]
public sealed partial class SymmetricLayer;

[Linear(6, 4), Reparam(typeof(WeightNorm)), LowRank(2), Reparam(typeof(GatedPruning)), Quantize(Bits = 4)]
public sealed partial class ComposedLayer;
