namespace LayerDsl;

/// <summary>A layer ready for inference, without libtorch. Immutable, and safe to use from many threads at once.</summary>
public abstract class FoldedLayer
{
    /// <summary>Checks and names a layer.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    private protected FoldedLayer(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The layer's name.</summary>
    public string Name { get; }

    /// <summary>How many numbers the layer holds.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>How many bytes they take.</summary>
    public virtual long ByteCount => ParameterCount * sizeof(float);

    /// <summary>The tensors that a saved model holds of the layer.</summary>
    internal abstract IEnumerable<SafetensorsEntry> Tensors { get; }
}
