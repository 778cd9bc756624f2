namespace LayerDsl;

/// <summary>
/// A table of vectors read by indices, <c>y[…,e] = W[x[…],e]</c>, with W of shape (count, dim). In training x is an int64 tensor
/// of any shape; the folded layer takes integers, or, inside of a model, whole numbers as 32-bit floats, which are exact up to 2²⁴.
/// An index outside of 0…count − 1 is refused with an <c>IndexOutOfTableException</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class EmbeddingAttribute : Attribute
{
    /// <summary>Declares an embedding.</summary>
    /// <param name="count">How many vectors the table has; from 1 to 2²⁴.</param>
    /// <param name="dim">The size of a vector; at least 1.</param>
    public EmbeddingAttribute(int count, int dim)
    {
        Count = count;
        Dim = dim;
    }

    /// <summary>Declares an embedding whose sizes are named: <c>[Embedding(nameof(count), nameof(dim))]</c>.</summary>
    /// <param name="count">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="dim">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    public EmbeddingAttribute(string count, string dim)
    {
        CountName = count;
        DimName = dim;
    }

    /// <inheritdoc cref="EmbeddingAttribute(string, string)"/>
    public EmbeddingAttribute(int count, string dim)
    {
        Count = count;
        DimName = dim;
    }

    /// <inheritdoc cref="EmbeddingAttribute(string, string)"/>
    public EmbeddingAttribute(string count, int dim)
    {
        CountName = count;
        Dim = dim;
    }

    /// <summary>How many vectors the table has.</summary>
    public int Count { get; }

    /// <summary>The size of a vector.</summary>
    public int Dim { get; }

    /// <summary>The constant or parameter that gives the number of vectors, or null.</summary>
    public string? CountName { get; }

    /// <summary>The constant or parameter that gives the size of a vector, or null.</summary>
    public string? DimName { get; }

    /// <summary>The index whose vector starts at zero and is not trained; -1, the default, for none.</summary>
    public int PaddingIndex { get; set; } = -1;
}
