using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>What happens to a sum between the registers and memory: y = f(factor · sum + bias + what y held).</summary>
/// <param name="bias">One for each output; empty for none.</param>
/// <param name="biasStart">Where the biases of a product start.</param>
/// <param name="factor">The factor.</param>
/// <param name="adds">1 if what y held is added, else 0.</param>
/// <param name="activation">The function.</param>
internal readonly struct SumEpilogue(ArrayView<float> bias, Segment biasStart, float factor, int adds, DeviceActivation activation)
{
    private readonly ArrayView<float> bias = bias;
    private readonly Segment biasStart = biasStart;
    private readonly float factor = factor;
    private readonly int adds = adds;
    private readonly int activation = (int)activation;

    /// <summary>Where the biases of a product start.</summary>
    public int Start(int product) => biasStart.Of(product);

    /// <summary>Finishes a sum and stores it.</summary>
    public void Store(ArrayView<float> y, int place, int start, int output, float sum)
    {
        var value = factor * sum;
        value = bias.Length > 0 ? value + bias[start + output] : value;
        value = adds != 0 ? value + y[place] : value;
        y[place] = DeviceMath.Apply(activation, value);
    }
}
