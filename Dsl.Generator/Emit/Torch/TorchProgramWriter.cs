using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the steps of a pass as TorchSharp statements. Holds no maths: every choice was made by the scheduler.</summary>
internal static class TorchProgramWriter
{
    /// <summary>One line for each step.</summary>
    public static IEnumerable<string> Write(Program program, Func<Size, string> sizeOf) =>
        program.Statements.Select(statement => "var " + statement.Result.Name + " = " + Right(statement, sizeOf) + ";");

    /// <summary>The right-hand side of a step, for callers that return it at once.</summary>
    public static string Right(Statement statement, Func<Size, string> sizeOf) => statement switch
    {
        Statement.Contract contract => Contract(contract),
        Statement.Compute compute => Text(compute.Body, compute.Result.Axes, sizeOf).Text,
        Statement.Gather gather => $"{gather.Source.Name}.index_select(0, {gather.Table.Name})",
        Statement.Scatter scatter => Scatter(scatter, sizeOf),
        Statement.Diagonals diagonals => $"Diagonals.Read{(diagonals.IsCircular ? "Circular" : string.Empty)}({diagonals.Source.Name}{(diagonals.IsCircular ? string.Empty : ", " + sizeOf(diagonals.Result.Axes[1].Size))})",
        Statement.DiagonalSums sums => $"Diagonals.Sum{(sums.IsCircular ? "Circular" : string.Empty)}({sums.Source.Name})",
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
        var summed = left.Intersect(right).Except(result).ToArray();
        if (left.Count == 2 && right.Count == 2 && result.Count == 2 && summed.Length == 1 && left.Contains(result[0]) && right.Contains(result[1]))
        {
            return (left[1] == summed[0] ? contract.Left.Name : contract.Left.Name + ".t()")
                + ".matmul(" + (right[0] == summed[0] ? contract.Right.Name : contract.Right.Name + ".t()") + ")";
        }

        // Any other pattern of shared and private indices: the letters of an einsum are the indices themselves, where each has one of its own.
        var indices = left.Concat(right).Distinct().ToArray();
        var areLetters = indices.All(index => index.Name.Length == 1 && char.IsLetter(index.Name[0])) && indices.Select(index => index.Name).Distinct().Count() == indices.Length;
        var letters = indices.Select((index, k) => (index, letter: areLetters ? index.Name[0] : (char)('a' + k))).ToDictionary(pair => pair.index, pair => pair.letter);
        string Letters(EquatableArray<Index> axes) => string.Concat(axes.Select(axis => letters[axis]));
        return $"torch.einsum(\"{Letters(left)},{Letters(right)}->{Letters(result)}\", {contract.Left.Name}, {contract.Right.Name})";
    }

    private static string Fold(Statement.Fold fold, Func<Size, string> sizeOf)
    {
        var axes = fold.Result.Axes.Concat(fold.Over).ToEquatableArray();

        // In the storage order of a value that has all axes nothing needs to be permuted, as long as what remains is in the result's order.
        var whole = Reads(fold.Body).FirstOrDefault(source => source.Axes.Count == axes.Count && source.Axes.All(axes.Contains) && source.Axes.Except(fold.Over).SequenceEqual(fold.Result.Axes));
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

    private static IEnumerable<Value> Reads(Pointwise body) => body switch
    {
        Pointwise.Read read => [read.Source],
        Pointwise.Apply apply => apply.Arguments.SelectMany(Reads),
        _ => [],
    };

    private static (string Text, int Precedence) Text(Pointwise body, EquatableArray<Index> axes, Func<Size, string> sizeOf) => body switch
    {
        Pointwise.Number number => TorchFunctions.Number(number.Exact),
        Pointwise.Extent extent => sizeOf(extent.Size) is var text && text.All(char.IsDigit) ? (text, TorchFunctions.Primary) : (text, TorchFunctions.Multiplicative),
        Pointwise.Table table => (CodebookWriter.NameOf(table.Levels), TorchFunctions.Primary),
        Pointwise.Read read => (Align(read.Source, axes), TorchFunctions.Primary),
        Pointwise.Apply apply when Constant(apply, sizeOf) is { } number => TorchFunctions.Number(number),
        Pointwise.Apply { Function: Function.Sqrt } root when IsScalar(root) => ("Math.Sqrt(" + Text(root.Arguments[0], axes, sizeOf).Text + ")", TorchFunctions.Primary),
        Pointwise.Apply apply => TorchFunctions.Write(apply.Function, apply.Arguments.Select(argument => Text(argument, axes, sizeOf)).ToArray()),
        _ => throw new ShapeException("A pointwise form without a TorchSharp text: " + body.GetType().Name),
    };

    /// <summary>Whether a part reads no tensor: sizes that are known when the layer runs, and numbers.</summary>
    private static bool IsScalar(Pointwise body) => body is Pointwise.Extent or Pointwise.Number || (body is Pointwise.Apply apply && apply.Arguments.All(IsScalar));

    /// <summary>The number that a function of numbers and declared sizes is.</summary>
    private static Rational? Constant(Pointwise body, Func<Size, string> sizeOf) => body switch
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
