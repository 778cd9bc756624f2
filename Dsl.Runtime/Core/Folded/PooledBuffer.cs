using System.Buffers;

namespace LayerDsl;

/// <summary>
/// Floats borrowed from the shared pool until disposed, so that a forward pass does not allocate:
/// <c>using var hidden = new PooledBuffer(length);</c>. The content starts arbitrary.
/// </summary>
public ref struct PooledBuffer : IDisposable
{
    private readonly int length;
    private float[]? array;

    /// <summary>Borrows a buffer.</summary>
    /// <param name="length">How many floats; not negative.</param>
    public PooledBuffer(int length)
    {
        array = ArrayPool<float>.Shared.Rent(length);
        this.length = length;
    }

    /// <summary>Exactly the floats asked for.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public readonly Span<float> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(array is null, typeof(PooledBuffer));
            return array.AsSpan(0, length);
        }
    }

    /// <summary>Gives the floats back; once is enough, twice does no harm.</summary>
    public void Dispose()
    {
        if (array is { } borrowed)
        {
            array = null;
            ArrayPool<float>.Shared.Return(borrowed);
        }
    }
}
