using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What layers with a rounded input need.</content>
public abstract partial class Layer
{
    /// <summary>Sees every input of the layer while it calibrates, and the input is then not rounded.</summary>
    internal Action<Tensor>? InputObserver { get; set; }

    /// <summary>The tensors of the input's grid; null where the input is not rounded.</summary>
    public virtual ActivationParameters? GetActivationParameters() => null;

    /// <summary>Whether the input is to be rounded: there is a grid, and the layer is not being calibrated. A learned step starts with the first batch of the training.</summary>
    /// <param name="input">The input.</param>
    /// <exception cref="NonFiniteActivationException">A learned step would start with NaN or infinite values.</exception>
    protected bool IsInputRounded(Tensor input)
    {
        if (InputObserver is { } observe)
        {
            observe(input);
            return false;
        }

        var parameters = GetActivationParameters();
        return parameters is not null && (parameters.IsCalibrated || (training && parameters.Format.Scheme == "Lsq" && StartStep(parameters, input)));
    }

    /// <summary>The grid to fold to; null where the input is not rounded.</summary>
    /// <exception cref="NotCalibratedException">There is none yet.</exception>
    protected ActivationGrid? FoldActivation() => GetActivationParameters()?.Grid(GetName());

    /// <summary>The bound of the input as a bound of the rounded input.</summary>
    /// <param name="magnitude">|x|, float64.</param>
    /// <param name="inputError">A bound on how much the inputs of the two forms differ, float64.</param>
    protected (Tensor Magnitude, Tensor InputError) BoundOfRounded(Tensor magnitude, Tensor inputError) =>
        FakeQuantize.Bound(magnitude, inputError, GetActivationParameters() is { IsCalibrated: true } parameters ? parameters.Grid(GetName()) : null);

    /// <summary>TorchSharp's Linear with copies of the given weights, behind the rounding of its input.</summary>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input.</param>
    protected nn.Module<Tensor, Tensor> MakeLinear(Tensor weight, Tensor? bias, ActivationGrid? activation) => Behind(activation, "linear", MakeLinear(weight, bias));

    /// <summary>TorchSharp's Conv2d with copies of the given weights, behind the rounding of its input.</summary>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="activation">The grid of the input.</param>
    protected nn.Module<Tensor, Tensor> MakeConv2d(Tensor weight, Tensor? bias, Conv2dGeometry geometry, ActivationGrid? activation) =>
        Behind(activation, "conv", MakeConv2d(weight, bias, geometry));

    private static nn.Module<Tensor, Tensor> Behind(ActivationGrid? activation, string name, nn.Module<Tensor, Tensor> layer) =>
        activation is null ? layer : nn.Sequential(("quantize", new FakeQuantize(activation)), (name, layer));

    /// <summary>LSQ: s = 2·mean|x| / √h. A batch of zeros says nothing of the step: the next one starts it.</summary>
    private bool StartStep(ActivationParameters parameters, Tensor input)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var values = input.detach().reshape(-1);
        RequireFiniteInput(values);
        var step = (float)(2 * values.to_type(ScalarType.Float64).abs().mean().item<double>() / Math.Sqrt(parameters.Format.Highest));
        if (step > 0)
        {
            parameters.Store(step, 0);
        }

        return step > 0;
    }

    private void RequireFiniteInput(Tensor values)
    {
        var broken = values.isfinite().logical_not();
        if (broken.any().item<bool>())
        {
            var index = broken.to_type(ScalarType.Int32).argmax().item<long>();
            throw new NonFiniteActivationException(GetName(), index, values[index].to_type(ScalarType.Float32).item<float>());
        }
    }
}
