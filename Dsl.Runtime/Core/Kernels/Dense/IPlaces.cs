namespace LayerDsl;

/// <summary>Where the rows of a tile's right factor lie, one after the other.</summary>
internal unsafe interface IPlaces
{
    /// <summary>The next row.</summary>
    float* Next();
}

/// <summary>Rows at a constant distance.</summary>
/// <param name="next">The first row.</param>
/// <param name="stride">From one row to the next.</param>
internal unsafe struct StridedPlaces(float* next, nint stride) : IPlaces
{
    private float* next = next;

    /// <inheritdoc/>
    public float* Next()
    {
        var row = next;
        next += stride;
        return row;
    }
}

/// <summary>Rows wherever a table says: what a kernel meets in an image, without a copy of it (Dukhan 2019, arXiv 1907.02129).</summary>
/// <param name="first">What the table counts from.</param>
/// <param name="next">The table.</param>
internal unsafe struct ListedPlaces(float* first, int* next) : IPlaces
{
    private int* next = next;

    /// <inheritdoc/>
    public float* Next() => first + *next++;
}
