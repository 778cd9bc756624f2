using static TorchSharp.torch;

namespace LayerDsl.Verification;

/// <summary>A value of the folded model, and how far the training model's value may be from it.</summary>
/// <param name="Value">What the folded model computes, float32.</param>
/// <param name="Error">A bound on |training − folded|, float64, of the same shape.</param>
public readonly record struct BoundedTensor(Tensor Value, Tensor Error)
{
    /// <summary>
    /// Functions are computed by two libraries, each within a few units in the last place; the largest absolute error
    /// that was measured for either, gelu's, is 3.3e-7 below 10 in magnitude.
    /// </summary>
    private const double FunctionError = 1e-6;

    private const double U = Layer.UnitRoundoff;

    /// <summary>max(x, 0): slope at most 1, exact.</summary>
    public BoundedTensor Relu() => new(Value.relu(), Error);

    /// <summary>x·Φ(x): slope at most 1.13.</summary>
    public BoundedTensor Gelu() => Smooth(Value.gelu(), 1.13);

    /// <summary>The tanh approximation of gelu: slope at most 1.13.</summary>
    public BoundedTensor GeluTanh() => Smooth(Value.gelu(TorchSharp.Modules.GELU.Approximate.tanh), 1.13);

    /// <summary>1/(1 + e^-x): slope at most 1/4.</summary>
    public BoundedTensor Sigmoid() => Smooth(Value.sigmoid(), 0.25);

    /// <summary>tanh: slope at most 1.</summary>
    public BoundedTensor Tanh() => Smooth(Value.tanh(), 1);

    /// <summary>Softmax along the last dimension: Σ_j |∂p_i/∂x_j| = 2·p_i·(1 - p_i) ≤ 1/2.</summary>
    public BoundedTensor Softmax() => new(Value.softmax(-1), (Error.amax([-1], keepdim: true) * 0.5).expand(Value.shape) + FunctionError + (Columns * U));

    /// <summary>Logarithm of softmax along the last dimension: Σ_j |∂/∂x_j| ≤ 2.</summary>
    public BoundedTensor LogSoftmax()
    {
        var value = Value.log_softmax(-1);
        return new(value, (Error.amax([-1], keepdim: true) * 2).expand(Value.shape) + FunctionError + ((Magnitude(value) + Columns) * (4 * U)));
    }

    /// <summary>Both sides round the sum.</summary>
    /// <param name="other">The other summand.</param>
    public BoundedTensor Add(BoundedTensor other) => Sum(Value + other.Value, other);

    /// <summary>Both sides round the difference.</summary>
    /// <param name="other">What is subtracted.</param>
    public BoundedTensor Subtract(BoundedTensor other) => Sum(Value - other.Value, other);

    /// <summary>|ab - a'b'| ≤ |a|·|b - b'| + |b|·|a - a'| + |a - a'|·|b - b'|, and both sides round.</summary>
    /// <param name="other">The other factor.</param>
    public BoundedTensor Multiply(BoundedTensor other)
    {
        var value = Value * other.Value;
        return new(value, (Magnitude(Value) * other.Error) + (Magnitude(other.Value) * Error) + (Error * other.Error) + (Magnitude(value) * (2 * U)));
    }

    /// <summary>Adds a number.</summary>
    /// <param name="number">The number.</param>
    public BoundedTensor AddScalar(double number) => Shift(Value + number, number);

    /// <summary>Subtracts a number.</summary>
    /// <param name="number">The number.</param>
    public BoundedTensor SubtractScalar(double number) => Shift(Value - number, number);

    /// <summary>Subtracts from a number.</summary>
    /// <param name="number">The number.</param>
    public BoundedTensor SubtractFromScalar(double number) => Shift(number - Value, number);

    /// <summary>Multiplies by a number, which both sides round to float32 first.</summary>
    /// <param name="number">The number.</param>
    public BoundedTensor MultiplyScalar(double number)
    {
        var value = Value * number;
        return new(value, (Error * Math.Abs(number)) + (Magnitude(value) * (4 * U)));
    }

    /// <summary>The largest value of each window: no value moves further than the largest error in it, and nothing is rounded.</summary>
    /// <param name="kernelSize">Height and width of a window.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">How far windows reach over the edge.</param>
    public BoundedTensor MaxPool(long kernelSize, long stride, long padding) => new(
        nn.functional.max_pool2d(Value, kernelSize, stride, padding), nn.functional.max_pool2d(Error, kernelSize, stride, padding));

    /// <summary>The mean of each window; both sides round a sum and a quotient.</summary>
    /// <inheritdoc cref="MaxPool"/>
    public BoundedTensor AveragePool(long kernelSize, long stride, long padding)
    {
        var rounding = nn.functional.avg_pool2d(Magnitude(Value), kernelSize, stride, padding) * (2 * ((kernelSize * kernelSize) + 1) * U);
        return new(nn.functional.avg_pool2d(Value, kernelSize, stride, padding), nn.functional.avg_pool2d(Error, kernelSize, stride, padding) + rounding);
    }

    /// <summary>The mean of each channel.</summary>
    public BoundedTensor GlobalAverage()
    {
        var terms = Value.shape[2] * Value.shape[3];
        var rounding = Magnitude(Value).mean([2, 3], keepdim: true) * (2 * (terms + 1) * U);
        return new(Value.mean([2, 3], keepdim: true), Error.mean([2, 3], keepdim: true) + rounding);
    }

    /// <summary>The same values in another shape.</summary>
    /// <param name="sample">The shape of one sample.</param>
    public BoundedTensor Reshape(params long[] sample) => new(Value.reshape([Value.shape[0], .. sample]), Error.reshape([Value.shape[0], .. sample]));

    private long Columns => Value.shape[^1];

    private static Tensor Magnitude(Tensor tensor) => tensor.to_type(ScalarType.Float64).abs();

    private BoundedTensor Smooth(Tensor value, double slope) => new(value, (Error * slope) + FunctionError + (Magnitude(value) * (8 * U)));

    private BoundedTensor Sum(Tensor value, BoundedTensor other) => new(value, Error + other.Error + (Magnitude(value) * (2 * U)));

    private BoundedTensor Shift(Tensor value, double number) => new(value, Error + ((Magnitude(value) + Math.Abs(number)) * (2 * U)));
}
