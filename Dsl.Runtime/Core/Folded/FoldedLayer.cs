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

    /// <summary>The grid that the input is rounded to, where it is; null where it is taken as it is.</summary>
    public ActivationGrid? Activation
    {
        get;
        init
        {
            field = value;
            if (value is not null)
            {
                Prepare(value);
            }
        }
    }

    /// <summary>How many numbers the layer holds.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>How many bytes they take.</summary>
    public virtual long ByteCount => ParameterCount * sizeof(float);

    /// <summary>The tensors that a saved model holds of weight and bias.</summary>
    internal abstract IEnumerable<SafetensorsEntry> Tensors { get; }

    /// <summary>All tensors that a saved model holds of the layer.</summary>
    internal IEnumerable<SafetensorsEntry> AllTensors => Tensors.Concat(ActivationTensors.Of(Name, Activation));

    /// <summary>The numbers of the input's grid: scale and zero point.</summary>
    private protected int ActivationCount => Activation is null ? 0 : ActivationTensors.Count;

    /// <summary>What a layer needs to know before it computes with codes of its input.</summary>
    private protected virtual void Prepare(ActivationGrid grid)
    {
    }
}
