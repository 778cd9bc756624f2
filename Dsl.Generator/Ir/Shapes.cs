namespace LayerDsl.Generator.Ir;

/// <summary>Shape checks, made while an expression is built: an expression that exists has fitting shapes.</summary>
internal static class Shapes
{
    /// <summary>One place for each axis; a plain index must have the size of the axis that it walks.</summary>
    public static void CheckAccess(Access access)
    {
        if (access.At.Count != access.Tensor.Axes.Count)
        {
            throw new ShapeException($"'{access.Tensor.Name}' has {access.Tensor.Axes.Count} axes, not {access.At.Count}.");
        }

        for (var axis = 0; axis < access.At.Count; axis++)
        {
            if (access.At[axis].Single is { } index && index.Size != access.Tensor.Axes[axis].Size)
            {
                throw new ShapeException(
                    $"Axis {axis} of '{access.Tensor.Name}' has size {access.Tensor.Axes[axis].Size}; index {index.Name} has size {index.Size}.");
            }
        }
    }

    /// <summary>The right number of arguments, and no two indices that share a name but not a size.</summary>
    public static void CheckMap(Map map)
    {
        if (map.Arguments.Count != map.Function.Arity())
        {
            throw new ShapeException($"{map.Function} takes {map.Function.Arity()} arguments, not {map.Arguments.Count}.");
        }

        var isLookup = map.Function is Function.NearestLevel or Function.LevelAt;
        if (map.Arguments.Where((argument, k) => argument is Codebook != (isLookup && k == 1)).Any())
        {
            throw new ShapeException($"{map.Function} takes {(isLookup ? "a number and a codebook" : "no codebook")}.");
        }

        CheckNames(map.FreeIndices, map.Function.ToString());
    }

    /// <summary>A matrix has as many rows as columns, and is read inside of them; it depends on nothing else.</summary>
    public static void CheckInverse(MatrixInverse inverse)
    {
        if (inverse.Rows.Size != inverse.Columns.Size || inverse.Rows.Name == inverse.Columns.Name)
        {
            throw new ShapeException($"The matrix has {inverse.Rows.Size} rows and {inverse.Columns.Size} columns: only square matrices have an inverse.");
        }

        if (inverse.Body.FreeIndices.FirstOrDefault(index => index != inverse.Rows && index != inverse.Columns) is { } other)
        {
            throw new ShapeException($"The matrix to invert depends on the index {other.Name} as well.");
        }

        if (new[] { inverse.Row, inverse.Column }.Select(place => place.Single).FirstOrDefault(index => index is not null && index.Size != inverse.Rows.Size) is { } wrong)
        {
            throw new ShapeException($"The inverse has size {inverse.Rows.Size}; index {wrong.Name} has size {wrong.Size}.");
        }
    }

    private static void CheckNames(IEnumerable<Index> indices, string where)
    {
        Index? previous = null;
        foreach (var index in indices)
        {
            if (previous?.Name == index.Name)
            {
                throw new ShapeException($"Index {index.Name} has size {previous.Size} on one side of {where} and {index.Size} on the other.");
            }

            previous = index;
        }
    }
}
