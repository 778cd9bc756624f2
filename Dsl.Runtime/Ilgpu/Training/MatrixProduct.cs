namespace LayerDsl.Ilgpu;

/// <summary>The sizes of a product of matrices on a device, and how these lie in memory.</summary>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Columns">Columns of the result.</param>
/// <param name="Inner">What is summed over.</param>
public readonly record struct MatrixProduct(int Rows, int Columns, int Inner)
{
    /// <summary>Whether the left matrix lies as (inner, rows), else as (rows, inner).</summary>
    public bool LeftIsTransposed { get; init; }

    /// <summary>Whether the right matrix lies as (columns, inner), else as (inner, columns).</summary>
    public bool RightIsTransposed { get; init; }

    /// <summary>How many products there are, of matrices that lie one after the other.</summary>
    public int Products { get; init; } = 1;

    /// <summary>Whether the product is added to what the result held.</summary>
    public bool Adds { get; init; }

    /// <summary>The factor of the product.</summary>
    public float Factor { get; init; } = 1;
}
