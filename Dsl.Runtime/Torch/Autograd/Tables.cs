using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>Rows that a stored table of indices names, for the passes of generated layers.</summary>
public static class Tables
{
    /// <summary>The rows of a tensor that a table names, in rows without gaps. It records on TorchSharp's tape.</summary>
    /// <param name="source">(count, …).</param>
    /// <param name="table">Whole numbers from 0 to count - 1, of any shape and type.</param>
    /// <param name="name">What the table is called.</param>
    /// <returns>(the table's shape, …).</returns>
    /// <exception cref="IndexOutOfTableException">A number names no row.</exception>
    public static Tensor Read(Tensor source, Tensor table, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var rows = Checked(table, source.shape[0], name);
        return source.index_select(0, rows).reshape([.. table.shape, .. source.shape[1..]]);
    }

    /// <summary>Rows added to those of zeros that a table names: the gradient of <see cref="Read"/>.</summary>
    /// <param name="rows">(the table's shape, …).</param>
    /// <param name="table">Whole numbers from 0 to count - 1, of any shape and type.</param>
    /// <param name="count">How many rows the result has.</param>
    /// <param name="name">What the table is called.</param>
    /// <returns>(count, …).</returns>
    /// <exception cref="IndexOutOfTableException">A number names no row.</exception>
    public static Tensor Sum(Tensor rows, Tensor table, long count, string name)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var indices = Checked(table, count, name);
        long[] rest = rows.shape[(int)table.dim()..];
        return rows.new_zeros([count, .. rest]).index_add(0, indices, rows.reshape([indices.shape[0], .. rest]), 1);
    }

    private static Tensor Checked(Tensor table, long count, string name)
    {
        ArgumentNullException.ThrowIfNull(table);
        using var scope = NewDisposeScope();
        var flat = table.detach().reshape(-1);
        var wrong = flat.ge(0).logical_and(flat.lt(count)).logical_and(flat.eq(flat.floor())).logical_not(); // NaN too
        if (wrong.any().item<bool>())
        {
            var position = wrong.to_type(ScalarType.Int32).argmax().item<long>();
            throw new IndexOutOfTableException(name, position, flat[position].to_type(ScalarType.Float64).item<double>(), checked((int)count));
        }

        return flat.to_type(ScalarType.Int64).MoveToOuterDisposeScope();
    }
}
