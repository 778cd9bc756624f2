namespace LayerDsl;

/// <summary>The members of the Sparse-IFT family: what takes the place of a dense layer at the same number of operations.</summary>
public enum SparseKind
{
    /// <summary>
    /// Hidden widths times √(1/(1-s)), the wider weight masked. Within a <see cref="LayerModelAttribute">[LayerModel]</see>
    /// the layers around it are widened with it; the model's own input and output keep their sizes.
    /// </summary>
    Wide,

    /// <summary>The sum of 1/(1-s) masked weights; needs a whole number of them.</summary>
    Parallel,

    /// <summary>The product <c>V U</c> of two masked factors, wider inside than the layer.</summary>
    Factorized,

    /// <summary>A masked weight plus a dense product <c>V U</c> of low rank.</summary>
    Doped,
}
