using System.Globalization;
using System.Text.RegularExpressions;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the steps of a pass as TorchSharp statements. Holds no maths: every choice was made by the scheduler.</summary>
internal static class TorchProgramWriter
{
    /// <summary>One line for each step.</summary>
    public static IEnumerable<string> Write(Program program, Func<Size, string> sizeOf) =>
        program.Statements.Select(statement => Line(statement, sizeOf));

    /// <summary>A step as a line.</summary>
    public static string Line(Statement statement, Func<Size, string> sizeOf) => "var " + statement.Result.Name + " = " + Right(statement, sizeOf) + ";";

    /// <summary>The right-hand side of a step, for callers that return it at once.</summary>
    public static string Right(Statement statement, Func<Size, string> sizeOf) => statement switch
    {
        Statement.Contract contract => Contract(contract),
        Statement.Accumulate sum => Accumulate(sum),
        Statement.Compute compute => Text(compute.Body, compute.Result.Axes, sizeOf).Text,
        Statement.Gather { Stored: { } name } gather => $"Tables.Read({gather.Source.Name}, {gather.Table.Name}, \"{name}\")",
        Statement.Gather gather => $"{gather.Source.Name}.index_select(0, {gather.Table.Name})",
        Statement.Scatter { Stored: { } name } sum => $"Tables.Sum({sum.Rows.Name}, {sum.Table.Name}, {sizeOf(sum.Result.Axes[0].Size)}, \"{name}\")",
        Statement.Scatter scatter => Scatter(scatter, sizeOf),
        Statement.Diagonals diagonals => $"Diagonals.Read{(diagonals.IsCircular ? "Circular" : string.Empty)}({diagonals.Source.Name}{(diagonals.IsCircular ? string.Empty : ", " + sizeOf(diagonals.Result.Axes[1].Size))})",
        Statement.DiagonalSums sums => $"Diagonals.Sum{(sums.IsCircular ? "Circular" : string.Empty)}({sums.Source.Name})",
        Statement.Spread spread => BlockWriter.Right(spread, sizeOf),
        Statement.BlockSums sums => BlockWriter.Right(sums, sizeOf),
        Statement.Invert invert => $"Matrices.Inverse({invert.Source.Name})",
        Statement.Identity identity => $"Matrices.Identity({identity.Like?.Name ?? "null"}, {sizeOf(identity.Result.Axes[0].Size)}, {sizeOf(identity.Result.Axes[1].Size)})",
        Statement.Fold fold => Fold(fold, sizeOf),
        Statement.Convolve convolve => ConvolutionWriter.Right(convolve, sizeOf),
        _ => throw new ShapeException("A step without a TorchSharp form: " + statement.GetType().Name),
    };

    private static string Scatter(Statement.Scatter scatter, Func<Size, string> sizeOf)
    {
        var (rows, table) = (scatter.Rows.Name, scatter.Table.Name);
        var sizes = string.Join(", ", scatter.Result.Axes.Select(axis => sizeOf(axis.Size)));
        return $"{rows}.new_zeros({sizes}).index_add(0, {table}, {rows}, 1)"
            + (scatter.Padding is { } padding ? $".index_fill(0, {table}.new_full([1], {padding.ToString(CultureInfo.InvariantCulture)}), 0)" : string.Empty);
    }

    private static string Contract(Statement.Contract contract)
    {
        var (left, right, result) = (contract.Left.Axes, contract.Right.Axes, contract.Result.Axes);
        if (Accumulation.IsMatrixProduct(contract))
        {
            return LeftText(contract.Left, result) + ".matmul(" + RightText(contract.Right, result) + ")";
        }

        // Any other pattern of shared and private indices: the letters of an einsum are the indices themselves, where each has one of its own.
        var indices = left.Concat(right).Distinct().ToArray();
        var areLetters = indices.All(index => index.Name.Length == 1 && char.IsLetter(index.Name[0])) && indices.Select(index => index.Name).Distinct().Count() == indices.Length;
        var letters = indices.Select((index, k) => (index, letter: areLetters ? index.Name[0] : (char)('a' + k))).ToDictionary(pair => pair.index, pair => pair.letter);
        string Letters(EquatableArray<Index> axes) => string.Concat(axes.Select(axis => letters[axis]));
        return $"torch.einsum(\"{Letters(left)},{Letters(right)}->{Letters(result)}\", {contract.Left.Name}, {contract.Right.Name})";
    }

    private static string LeftText(Value left, EquatableArray<Index> result) => left.Axes[0] == result[0] ? left.Name : left.Name + ".t()";

    private static string RightText(Value right, EquatableArray<Index> result) => right.Axes[1] == result[1] ? right.Name : right.Name + ".t()";

    private static string Accumulate(Statement.Accumulate sum)
    {
        var text = sum.Start is { } start
            ? $"{start.Name}.addmm({Arguments(sum.Products[0])})"
            : LeftText(sum.Products[0].Left, sum.Result.Axes) + ".matmul(" + RightText(sum.Products[0].Right, sum.Result.Axes) + ")";
        return text + string.Concat(sum.Products.Skip(1).Select(product => $".addmm_({Arguments(product)})"));

        string Arguments(ScaledProduct product) => LeftText(product.Left, sum.Result.Axes) + ", " + RightText(product.Right, sum.Result.Axes)
            + (product.Factor.IsOne ? string.Empty : ", beta: 1, alpha: " + ((float)product.Factor.ToDouble()).ToString("R", CultureInfo.InvariantCulture) + "f");
    }

    private static string Fold(Statement.Fold fold, Func<Size, string> sizeOf)
    {
        var axes = fold.Result.Axes.Concat(fold.Over).ToEquatableArray();

        // In the storage order of a value that has all axes nothing needs to be permuted, as long as what remains is in the result's order.
        var whole = fold.Body.Reads().FirstOrDefault(source => source.Axes.Count == axes.Count && source.Axes.All(axes.Contains) && source.Axes.Except(fold.Over).SequenceEqual(fold.Result.Axes));
        axes = whole?.Axes ?? axes;
        var body = Text(fold.Body, axes, sizeOf);
        var receiver = body.Precedence < TorchFunctions.Primary ? "(" + body.Text + ")" : body.Text;
        var method = fold.Reduction == Reduction.Sum ? "sum" : "amax";
        if (fold.Result.Axes.Count == 0)
        {
            return receiver + "." + (fold.Reduction == Reduction.Sum ? "sum()" : "max()");
        }

        var dimensions = fold.Over.Select(index => IndexOf(axes, index)).OrderBy(dimension => dimension).ToArray();
        return dimensions.Length == 1 && method == "sum"
            ? receiver + ".sum(dim: " + dimensions[0] + ")" // named, or a 0 would be taken for a ScalarType
            : receiver + "." + method + "([" + string.Join(", ", dimensions) + "])";
    }

    private static (string Text, int Precedence) Text(Pointwise body, EquatableArray<Index> axes, Func<Size, string> sizeOf) => body switch
    {
        Pointwise.Number number => TorchFunctions.Number(number.Exact),
        Pointwise.Extent extent => InLong(sizeOf(extent.Size)) is var text && !text.Contains(' ') ? (text, TorchFunctions.Primary) : (text, text.Contains(" + ") || text.Contains(" - ") ? TorchFunctions.Additive : TorchFunctions.Multiplicative),
        Pointwise.Table table => (CodebookWriter.NameOf(table.Levels), TorchFunctions.Primary),
        Pointwise.Read read => (Align(read.Source, axes), TorchFunctions.Primary),
        Pointwise.Apply apply when Constant(apply, sizeOf) is { } number => TorchFunctions.Number(number),
        Pointwise.Apply { Function: Function.Sqrt } root when IsScalar(root) => ("Math.Sqrt(" + Text(root.Arguments[0], axes, sizeOf).Text + ")", TorchFunctions.Primary),
        Pointwise.Apply apply => TorchFunctions.Write(apply.Function, apply.Arguments.Select(argument => Text(argument, axes, sizeOf)).ToArray()),
        _ => throw new ShapeException("A pointwise form without a TorchSharp text: " + body.GetType().Name),
    };

    /// <summary>Sizes have 32 bits, which a multiple of one may not fit into.</summary>
    private static string InLong(string size) => Regex.Replace(size, @"\b(?<number>\d+) \* ", "${number}L * ", RegexOptions.ExplicitCapture);

    /// <summary>Whether a part reads no tensor: sizes that are known when the layer runs, and numbers.</summary>
    private static bool IsScalar(Pointwise body) => body is Pointwise.Extent or Pointwise.Number || (body is Pointwise.Apply apply && apply.Arguments.All(IsScalar));

    /// <summary>The number that a function of numbers and declared sizes is.</summary>
    public static Rational? Constant(Pointwise body, Func<Size, string> sizeOf) => body switch
    {
        Pointwise.Number number => number.Exact,
        Pointwise.Extent extent => long.TryParse(sizeOf(extent.Size), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null,
        Pointwise.Apply apply when apply.Arguments.Select(argument => Constant(argument, sizeOf)).ToArray() is var numbers && numbers.All(number => number is not null) =>
            (Constants.Apply(apply.Function, numbers.Select(number => (Pointwise)new Pointwise.Number(number!.Value)).ToEquatableArray()) as Pointwise.Number)?.Exact,
        _ => null,
    };

    /// <summary>Brings a value's axes into the order of the pass, with a new axis of size 1 for each missing one but the leading ones.</summary>
    private static string Align(Value value, EquatableArray<Index> axes)
    {
        var wanted = axes.Where(value.Axes.Contains).ToArray();
        var text = value.Name;
        if (!wanted.SequenceEqual(value.Axes))
        {
            text += wanted.Length == 2 ? ".t()" : ".permute(" + string.Join(", ", wanted.Select(index => IndexOf(value.Axes, index))) + ")";
        }

        // Leading axes come for free by broadcasting, so that positions count from the first axis that the value has.
        var first = wanted.Length == 0 ? axes.Count : IndexOf(axes, wanted[0]);
        for (var axis = first; axis < axes.Count; axis++)
        {
            if (!wanted.Contains(axes[axis]))
            {
                text += ".unsqueeze(" + (axis - first) + ")";
            }
        }

        return text;
    }

    private static int IndexOf(EquatableArray<Index> axes, Index index) => axes.AsImmutableArray().IndexOf(index);
}
