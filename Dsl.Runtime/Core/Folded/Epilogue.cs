using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>
/// What a folded layer does with its output while that is still in the cache: y = activation(layer(x) + residual). The bias belongs
/// to the layer. The order is that of residual networks (He et al. 2015, arXiv 1512.03385); a transformer's x + layer(x) is the same
/// without an activation. <c>default</c> does nothing.
/// </summary>
public readonly ref struct Epilogue
{
    /// <summary>Chooses what is done.</summary>
    /// <param name="activation">The function of the sum.</param>
    /// <param name="residual">What is added to the layer's output, of the same length; it may be the output's own memory, whose former values are added then. Empty for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such activation.</exception>
    public Epilogue(EpilogueActivation activation, ReadOnlySpan<float> residual = default)
    {
        if (activation is < EpilogueActivation.None or > EpilogueActivation.Tanh)
        {
            throw new ArgumentOutOfRangeException(nameof(activation), activation, "Expected one of the values of EpilogueActivation.");
        }

        Activation = activation;
        Residual = residual;
    }

    /// <summary>The function of the sum.</summary>
    public EpilogueActivation Activation { get; }

    /// <summary>What is added to the layer's output before the activation; empty for none.</summary>
    public ReadOnlySpan<float> Residual { get; }

    /// <summary>Whether anything is done.</summary>
    public bool IsEmpty => Activation == EpilogueActivation.None && Residual.IsEmpty;

    /// <summary>Refuses a residual that does not fit an output.</summary>
    /// <exception cref="LayerShapeException">It has another length, or overlaps the output without being the same.</exception>
    internal void Check(string layer, ReadOnlySpan<float> y)
    {
        if (Residual.IsEmpty)
        {
            return;
        }

        Require.Equal(layer, "length of the residual", y.Length, Residual.Length);
        if (Residual.Overlaps(y, out var offset) && offset != 0)
        {
            throw new LayerShapeException(layer, "the memory of the residual", "the output's own or separate from it", $"shifted by {offset} against the output");
        }
    }

    /// <summary>Whether the residual lies where the output is written, so that it has to be kept before a layer writes.</summary>
    internal bool Shares(ReadOnlySpan<float> y) => Residual.Overlaps(y);

    /// <summary>The same for a part of the output.</summary>
    internal Epilogue Slice(int start, int length) => new(Activation, Residual.IsEmpty ? default : Residual.Slice(start, length));

    /// <summary>y = activation(y + residual), for a residual apart from y.</summary>
    internal void Finish(Span<float> y)
    {
        if (!Residual.IsEmpty)
        {
            TensorPrimitives.Add(y, Residual, y);
        }

        switch (Activation)
        {
            case EpilogueActivation.None:
                break;
            case EpilogueActivation.Relu:
                Activations.Relu(y, y);
                break;
            case EpilogueActivation.Gelu:
                Activations.Gelu(y, y);
                break;
            case EpilogueActivation.GeluTanh:
                Activations.GeluTanh(y, y);
                break;
            case EpilogueActivation.Sigmoid:
                Activations.Sigmoid(y, y);
                break;
            case EpilogueActivation.Tanh:
                Activations.Tanh(y, y);
                break;
        }
    }
}
