using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu;

/// <summary>A stored tensor of a model that is trained on a device: a parameter with its gradient, or a buffer that stays as it is.</summary>
public sealed class DeviceParameter
{
    private readonly DeviceMemory memory;
    private readonly string model;
    private readonly AcceleratorStream stream;
    private readonly ArrayView<float>[] states;
    private ArrayView<float> gradient = ArrayView<float>.Empty;
    private bool isKnown;

    internal DeviceParameter(DeviceMemory memory, AcceleratorStream stream, string model, string name, bool isTrained, int states, IReadOnlyList<int> shape)
    {
        (this.memory, this.model, this.stream, Name, Shape, CanBeTrained, IsTrained) = (memory, model, stream, name, shape, isTrained, isTrained);
        Length = shape.Aggregate(1, (product, size) => checked(product * size));
        Values = memory.Zeros<float>(Length);
        this.states = [.. Enumerable.Range(0, isTrained ? states : 0).Select(_ => memory.Zeros<float>(Length))];
    }

    /// <summary>The layer and the tensor, as in the model's state dictionary: <c>Hidden.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The sizes, row major; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How many values there are.</summary>
    public int Length { get; }

    /// <summary>Whether it has a gradient: buffers, such as masks, and tensors that the layer declares frozen have none.</summary>
    public bool CanBeTrained { get; }

    /// <summary>Whether the optimizer changes it. May be turned off, and on again where it has a gradient.</summary>
    /// <exception cref="InvalidOperationException">It has no gradient.</exception>
    public bool IsTrained
    {
        get;
        set => field = !value || CanBeTrained ? value : throw new InvalidOperationException($"'{Name}' has no gradient, and cannot be trained.");
    }

    /// <summary>The values on the device.</summary>
    public ArrayView<float> Values { get; }

    internal ArrayView<float> GradientValues
    {
        get => gradient;
        set => gradient = value;
    }

    /// <summary>What the optimizer keeps for it.</summary>
    internal IReadOnlyList<ArrayView<float>> States => states;

    /// <summary>The values, after all that was enqueued.</summary>
    /// <exception cref="ObjectDisposedException">The trainer freed its memory.</exception>
    public float[] Get() => Download(Values);

    /// <summary>The gradient of the last backward pass; empty for a tensor without.</summary>
    /// <exception cref="ObjectDisposedException">The trainer freed its memory.</exception>
    public float[] GetGradient() => CanBeTrained ? Download(gradient) : [];

    /// <summary>Replaces the values.</summary>
    /// <param name="values">As many as <see cref="Length"/>.</param>
    /// <exception cref="LayerShapeException">There are more or fewer. Nothing has been written.</exception>
    /// <exception cref="ObjectDisposedException">The trainer freed its memory.</exception>
    public void Set(ReadOnlySpan<float> values)
    {
        ObjectDisposedException.ThrowIf(memory.IsDisposed, typeof(DeviceTrainer));
        if (values.Length != Length)
        {
            throw new LayerShapeException(model, $"length of '{Name}'", $"{Length}", $"{values.Length}");
        }

        isKnown = false;
        Values.CopyFromCPU(stream, values.ToArray());
        stream.Synchronize();
    }

    /// <summary>Whether a single number differs from 0. Once it does, it is not read again until it is set.</summary>
    internal bool IsNotZero() => isKnown = isKnown || Get()[0] != 0;

    private float[] Download(ArrayView<float> values)
    {
        ObjectDisposedException.ThrowIf(memory.IsDisposed, typeof(DeviceTrainer));
        var result = new float[values.Length];
        values.CopyToCPU(stream, result);
        stream.Synchronize();
        return result;
    }
}
