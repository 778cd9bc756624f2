using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams;

/// <summary>
/// Iso-FLOP sparsity (Sparse-IFT: Thangarasa, Saxena, Gupta, Lie 2023, arXiv 2303.11525), s the sparsity, M masks of 0 and 1:
/// <c>Wide</c> W' = M ⊙ W in a layer widened by √(1/(1-s)); <c>Parallel</c> W' = Σ_n M_n ⊙ W_n over 1/(1-s) branches;
/// <c>Factorized</c> W' = (M_V ⊙ V)(M_U ⊙ U); <c>Doped</c> W' = M ⊙ W + V U. Masks are buffers. Fold: one weight.
/// </summary>
internal static class SparseIso
{
    private const string Paper = "Thangarasa, Saxena, Gupta, Lie: Sparse Iso-FLOP Transformations, 2023, arXiv 2303.11525";

    public static Method Method { get; } = new("SparseIso", Check, Apply, BaseName: _ => null, Freezes: _ => false);

    private static EffectiveWeight Apply(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape) => KindOf(attribute) switch
    {
        "Parallel" => Parallel(weight, attribute, shape),
        "Factorized" => Factorized(weight, attribute, shape),
        "Doped" => Doped(weight, attribute, shape),
        _ => Wide(weight, attribute, shape),
    };

    /// <summary>W' = M ⊙ W, W whatever stands further left.</summary>
    private static EffectiveWeight Wide(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var mask = new Tensor("mask", TensorRole.Buffer, shape.Axes, Domain.Mask);
        var ones = SparseSizes.Ones(SparsityOf(attribute), Places(shape));
        var merged = weight.Merged is Access alone ? alone : Name("merged", weight.Merged);
        return (weight with
        {
            Dense = Name("masked", mask.All * merged),
            Branches = [],
            Packed = null,
            NonZeros = ones,
            Masks = [.. weight.Masks, new MaskedTensor(weight.Stored[0].Tensor, mask, 1, ones, ScheduleOf(attribute))],
        }).With(
            [new StoredTensor(mask, "M, 1 where the weight may differ from 0")],
            [new InitStep.Retarget(shape.Target * mask.All)],
            new MethodNote("SparseIso", "W' = M ⊙ W" + (KindOf(attribute) == "Wide" ? ", hidden widths × " + Text(Math.Sqrt(1 / (1 - SparsityOf(attribute)))) : string.Empty) + ", " + Text(ones) + " of " + Text(Places(shape)) + " places", Paper + MaskPaper(attribute)));
    }

    /// <summary>The masked weight, and what it saves spent on V U. V starts at zero, U Kaiming-uniform: the layer starts sparse.</summary>
    private static EffectiveWeight Doped(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var masked = Wide(weight, attribute, shape);
        var rank = SparseSizes.DopedRank(SparsityOf(attribute), shape.Columns, shape.Rows);
        if (rank == 0)
        {
            return masked;
        }

        var d = new Index("d", Size.Symbol("doped"));
        var down = new Tensor("doped_U", TensorRole.Trainable, [d, .. shape.Inputs]);
        var up = new Tensor("doped_V", TensorRole.Trainable, [shape.Output, d]);
        return (masked with { Branches = [new LowRankBranch(1, up, down, d)], Notes = weight.Notes }).With(
            [new StoredTensor(down, "U, from the input to the rank"), new StoredTensor(up, "V, from the rank to the output")],
            [new InitStep.KaimingUniform(down), new InitStep.Store(up, 0)],
            new MethodNote("SparseIso", "W' = M ⊙ W + V U of rank " + Text(rank) + ", " + Text(masked.NonZeros ?? 0) + " of " + Text(Places(shape)) + " places", Paper + MaskPaper(attribute)),
            new SizeBinding("doped", rank));
    }

    /// <summary>
    /// The branches share a weight to start from, each its part of it where several masks let the same place through.
    /// </summary>
    private static EffectiveWeight Parallel(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var branches = BranchesOf(attribute) ?? 1;
        var ones = SparseSizes.Ones(SparsityOf(attribute), Places(shape));
        var (n, m) = (new Index("n", Size.Symbol("branches")), new Index("m", Size.Symbol("branches")));
        var stored = new Tensor("branch_weights", weight.Stored[0].Tensor.Role, [n, .. shape.Axes]);
        var mask = new Tensor("mask", TensorRole.Buffer, [n, .. shape.Axes], Domain.Mask);
        var share = shape.Target * mask.All / Max(Name("covered", Sum(m, mask[[m, .. shape.Axes.Select(axis => (AffineIndex)axis)]])), 1);
        return (weight with
        {
            Dense = Name("merged", Sum(n, mask.All * stored.All)),
            Branches = [],
            Stored = [],
            Initialization = [],
            NonZeros = Math.Min(branches * ones, Places(shape)),
            Masks = [new MaskedTensor(stored, mask, branches, ones, ScheduleOf(attribute)) { OnesText = OnesText(attribute, shape), Share = 1 - SparsityOf(attribute) }],
        }).With(
            [new StoredTensor(stored, "W_n, the weights of the branches"), new StoredTensor(mask, "M_n, 1 where a branch may differ from 0")],
            [new InitStep.Store(stored, share)],
            new MethodNote("SparseIso", "W' = Σ_n M_n ⊙ W_n over " + Text(branches) + " branches, " + (shape.IsSymbolic ? "a share of " + Text(1 - SparsityOf(attribute)) + " of the places each" : Text(ones) + " of " + Text(Places(shape)) + " places each"), Paper + MaskPaper(attribute)),
            new SizeBinding("branches", branches));
    }

    /// <summary>
    /// W' = (M_V ⊙ V)(M_U ⊙ U), applied as two sparse layers with nothing between them. They start Kaiming-uniform with the
    /// inputs that the masks leave, 1/√(1-s) times the usual values: otherwise the output would shrink by 1-s.
    /// </summary>
    private static EffectiveWeight Factorized(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var sparsity = SparsityOf(attribute);
        var width = SparseSizes.FactorizedWidth(sparsity, shape.Columns, shape.Rows);
        var d = new Index("d", Size.Symbol("inner"));
        var (role, gain) = (weight.Stored[0].Tensor.Role, 1 / Math.Sqrt(1 - sparsity));
        var (down, up) = (new Tensor("factor_U", role, [d, .. shape.Inputs]), new Tensor("factor_V", role, [shape.Output, d]));
        var downMask = new Tensor("mask_U", TensorRole.Buffer, [d, .. shape.Inputs], Domain.Mask);
        var upMask = new Tensor("mask_V", TensorRole.Buffer, [shape.Output, d], Domain.Mask);
        var (downOnes, upOnes) = (SparseSizes.Ones(sparsity, width * shape.Columns), SparseSizes.Ones(sparsity, width * shape.Rows));
        return (weight with
        {
            Dense = 0,
            Branches = [new LowRankBranch(1, up, down, d) { UpMask = upMask, DownMask = downMask }],
            Stored = [],
            Initialization = [],
            Masks = [new MaskedTensor(down, downMask, 1, downOnes, ScheduleOf(attribute)), new MaskedTensor(up, upMask, 1, upOnes, ScheduleOf(attribute))],
        }).With(
            [
                new StoredTensor(down, "U, from the input to the inner width"),
                new StoredTensor(up, "V, from the inner width to the output"),
                new StoredTensor(downMask, "M_U, 1 where U may differ from 0"),
                new StoredTensor(upMask, "M_V, 1 where V may differ from 0"),
            ],
            [new InitStep.MaskedUniform(down, downMask, gain), new InitStep.MaskedUniform(up, upMask, gain)],
            new MethodNote("SparseIso", "W' = (M_V ⊙ V)(M_U ⊙ U) of width " + Text(width) + ", " + Text(upOnes + downOnes) + " of " + Text(width * ((long)shape.Columns + shape.Rows)) + " places", Paper + MaskPaper(attribute)),
            new SizeBinding("inner", width));
    }

    /// <summary>s in [0, 1); a whole number of branches; sizes that fit into an array.</summary>
    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute, WeightShape shape)
    {
        var sparsity = SparsityOf(attribute);
        if (!(sparsity >= 0 && sparsity < 1))
        {
            return [DiagnosticInfo.At(attribute.Place, SparseDiagnostics.SparsityOutOfRange, Text(sparsity))];
        }

        var unknown = new[] { ("Kind", KindOf(attribute), Kinds), ("Mask", ScheduleOf(attribute), Schedules) }
            .Where(choice => !choice.Item3.Contains(choice.Item2))
            .Select(choice => DiagnosticInfo.At(attribute.Place, MethodDiagnostics.UnknownChoice, "SparseIso", choice.Item1, choice.Item2, string.Join(", ", choice.Item3)))
            .ToArray();
        return unknown.Length > 0 ? unknown : CheckSizes(attribute, shape);
    }

    private static IEnumerable<DiagnosticInfo> CheckSizes(AttributeSpec attribute, WeightShape shape)
    {
        var sparsity = SparsityOf(attribute);
        var branches = KindOf(attribute) == "Parallel" ? BranchesOf(attribute) : 1;
        if (branches is null)
        {
            yield return DiagnosticInfo.At(attribute.Place, SparseDiagnostics.BranchesNotWhole, Text(sparsity), Text(1 / (1 - sparsity)));
        }

        var places = KindOf(attribute) == "Factorized"
            ? SparseSizes.FactorizedWidth(sparsity, shape.Columns, shape.Rows) * (double)Math.Max(shape.Columns, shape.Rows)
            : (branches ?? 1) * (double)Places(shape);
        if (KindOf(attribute) == "Doped" && SparseSizes.DopedRank(sparsity, shape.Columns, shape.Rows) == 0)
        {
            yield return DiagnosticInfo.At(
                attribute.Place, MethodDiagnostics.WithoutEffect, "SparseIso", "Kind = SparseKind.Doped", $"what {Text(Places(shape))} weights save at {Text(sparsity)} is not enough for a product of rank 1; choose another kind");
        }

        // Of sizes that the constructor takes, it checks what the branches need.
        if (places > int.MaxValue && !shape.IsSymbolic)
        {
            yield return DiagnosticInfo.At(attribute.Place, SparseDiagnostics.TooLarge, Text(sparsity), KindOf(attribute), Text(places));
        }
    }

    /// <summary>Where in a composition the method may stand.</summary>
    public static IEnumerable<DiagnosticInfo> CheckOrder(LayerSpec layer)
    {
        var place = layer.Methods.ToList().FindIndex(method => method.Name == Method.Attribute);
        if (place < 0)
        {
            yield break;
        }

        var attribute = layer.Methods[place];
        var before = layer.Methods.Take(place).Select(method => method.Name).ToArray();
        if (before.Length > 0 && KindOf(attribute) is ("Parallel" or "Factorized"))
        {
            yield return DiagnosticInfo.At(attribute.Place, SparseDiagnostics.MustStandFirst, KindOf(attribute), before[before.Length - 1]);
        }
        else if (ScheduleOf(attribute) != "Static" && before.Contains("LowRank"))
        {
            yield return DiagnosticInfo.At(attribute.Place, SparseDiagnostics.MovingMaskOverSum, ScheduleOf(attribute));
        }
        else if (ScheduleOf(attribute) != "Static" && layer.Methods.Any(method => method.Name == "LowRank" && method.Flag("Freeze")))
        {
            yield return DiagnosticInfo.At(attribute.Place, SparseDiagnostics.MovingMaskOverFrozen, ScheduleOf(attribute));
        }
        else if (KindOf(attribute) == "Wide" && layer.Methods.Skip(place).FirstOrDefault(Quantize.HasNoZero) is { } grid)
        {
            yield return DiagnosticInfo.At(grid.Place, SparseDiagnostics.GridWithoutZero, grid.Choice("Scheme", "Uniform"), layer.Name);
        }
    }

    private static readonly string[] Kinds = ["Wide", "Parallel", "Factorized", "Doped"];

    private static readonly string[] Schedules = ["Static", "Set", "RigL"];

    public static string KindOf(AttributeSpec attribute) => attribute.Choice("Kind", "Wide");

    public static double SparsityOf(AttributeSpec attribute) => attribute.Double("sparsity", 0);

    private static string ScheduleOf(AttributeSpec attribute) => attribute.Choice("Mask", "Static");

    private static int? BranchesOf(AttributeSpec attribute) => SparseSizes.Branches(SparsityOf(attribute));

    private static long Places(WeightShape shape) => (long)shape.Columns * shape.Rows;

    private static string MaskPaper(AttributeSpec attribute) => ScheduleOf(attribute) switch
    {
        "Set" => "; Mocanu et al.: SET, 2018, arXiv 1707.04780",
        "RigL" => "; Evci et al.: RigL, 2020, arXiv 1911.11134",
        _ => string.Empty,
    };

    /// <summary>How generated code counts the ones of a mask where the constructor takes the sizes; null where they are numbers.</summary>
    private static string? OnesText(AttributeSpec attribute, WeightShape shape) =>
        shape.IsSymbolic ? $"LayerSizes.MaskOnes({SparsityOf(attribute).ToString("R", CultureInfo.InvariantCulture)}, 1L * {shape.RowsText} * {shape.ColumnsText})" : null;

    /// <summary>What the constructor requires of sizes that it takes, as a statement: all branches fit into an array.</summary>
    public static string Requirement(AttributeSpec attribute, string layer, WeightShape shape) =>
        $"LayerSizes.Fits({layer}, {BranchesOf(attribute) ?? 1}L * {shape.RowsText}, {(shape.ColumnsText.Contains(" * ") ? "1L * " : string.Empty)}{shape.ColumnsText});";

    private static string Text(double value) => value.ToString("G10", CultureInfo.InvariantCulture);
}
