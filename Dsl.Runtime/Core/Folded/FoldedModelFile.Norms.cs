namespace LayerDsl;

/// <content>Normalizations and embeddings in files.</content>
public sealed partial class FoldedModelFile
{
    /// <summary>Reads a batch normalization of images.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="features">Its channels.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedBatchNorm2d ReadBatchNorm2d(string name, int features)
    {
        var (scale, shift) = (Take(ScaleName(name), features), Take(ShiftName(name), features));
        return MakeFrom(() => new FoldedBatchNorm2d(name, scale, shift));
    }

    /// <summary>Reads a batch normalization of rows.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="features">Values per row.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedBatchNorm1d ReadBatchNorm1d(string name, int features)
    {
        var (scale, shift) = (Take(ScaleName(name), features), Take(ShiftName(name), features));
        return MakeFrom(() => new FoldedBatchNorm1d(name, scale, shift));
    }

    /// <summary>Reads a layer normalization.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="features">Values per row.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="weight">Whether it has a factor for each feature.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedLayerNorm ReadLayerNorm(string name, int features, double eps, bool bias, bool weight = true)
    {
        var weightValues = weight ? Take(WeightName(name), features) : [];
        var biasValues = bias ? Take(BiasName(name), features) : [];
        return MakeFrom(() => new FoldedLayerNorm(name, features, eps, weightValues, biasValues));
    }

    /// <summary>Reads a normalization by the root mean square.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="features">Values per row.</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <param name="weight">Whether it has a factor for each feature.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedRmsNorm ReadRmsNorm(string name, int features, double eps, bool weight = true)
    {
        var weightValues = weight ? Take(WeightName(name), features) : [];
        return MakeFrom(() => new FoldedRmsNorm(name, features, eps, weightValues));
    }

    /// <summary>Reads an embedding.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="count">How many vectors it has.</param>
    /// <param name="dim">Their size.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds NaN or infinity.</exception>
    public FoldedEmbedding ReadEmbedding(string name, int count, int dim)
    {
        var weight = Take(WeightName(name), count, dim);
        return MakeFrom(() => new FoldedEmbedding(name, count, dim, weight));
    }
}
