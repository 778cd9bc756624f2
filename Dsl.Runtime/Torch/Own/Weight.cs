using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// What a reparameterization of your own computes with: a matrix with a row for each output, or a single number. The kernel of a convolution is the
/// matrix of its outputs and all their inputs. Rows and columns of size 1 are repeated as often as the other operand needs them.
/// </summary>
/// <remarks>
/// The generator reads formulas over this type from the source text. Run as plain code, they compute with TorchSharp and its tape; temporary
/// tensors belong to the surrounding <c>NewDisposeScope()</c>.
/// </remarks>
public sealed class Weight
{
    private readonly Tensor? matrix;
    private readonly double number;

    /// <summary>Takes a tensor: a number, a vector as one column, a matrix, or a kernel with all inputs of an output as its columns.</summary>
    /// <param name="tensor">Any shape.</param>
    public Weight(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        matrix = tensor.dim() switch { 0 => tensor.reshape(1, 1), 1 => tensor.unsqueeze(1), 2 => tensor, _ => tensor.flatten(1) };
    }

    /// <summary>Takes a number.</summary>
    /// <param name="number">The number.</param>
    public Weight(double number) => this.number = number;

    /// <summary>The number, where it is one that no tensor holds.</summary>
    internal double? Number => matrix is null ? number : null;

    /// <summary>The matrix.</summary>
    internal Tensor Matrix => matrix ?? tensor(number, ScalarType.Float32).reshape(1, 1);

    /// <summary>Takes a tensor, as the constructor does.</summary>
    /// <param name="tensor">Any shape.</param>
    public static implicit operator Weight(Tensor tensor) => new(tensor);

    /// <summary>Takes a number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator Weight(double number) => new(number);

    /// <summary>The matrix as a tensor.</summary>
    /// <param name="weight">The matrix.</param>
    public static implicit operator Tensor(Weight weight) => (weight ?? throw new ArgumentNullException(nameof(weight))).Matrix;

    /// <summary>The sum, number by number.</summary>
    /// <param name="left">A matrix.</param>
    /// <param name="right">A matrix.</param>
    public static Weight operator +(Weight left, Weight right) => Combine(left, right, static (a, b) => a + b, static (a, b) => a + b, static (a, b) => a + b, static (a, b) => a + b);

    /// <summary>The difference, number by number.</summary>
    /// <param name="left">A matrix.</param>
    /// <param name="right">A matrix.</param>
    public static Weight operator -(Weight left, Weight right) => Combine(left, right, static (a, b) => a - b, static (a, b) => a - b, static (a, b) => a - b, static (a, b) => a - b);

    /// <summary>The product, number by number; <see cref="Functions.MatMul"/> is that of matrices.</summary>
    /// <param name="left">A matrix.</param>
    /// <param name="right">A matrix.</param>
    public static Weight operator *(Weight left, Weight right) => Combine(left, right, static (a, b) => a * b, static (a, b) => a * b, static (a, b) => a * b, static (a, b) => a * b);

    /// <summary>The quotient, number by number.</summary>
    /// <param name="left">A matrix.</param>
    /// <param name="right">A matrix.</param>
    public static Weight operator /(Weight left, Weight right) => Combine(left, right, static (a, b) => a / b, static (a, b) => a / b, static (a, b) => a / b, static (a, b) => a / b);

    /// <summary>The negative.</summary>
    /// <param name="weight">A matrix.</param>
    public static Weight operator -(Weight weight) => Apply(weight, static x => -x, static x => -x);

    /// <summary>A vector as the one number of each row.</summary>
    /// <param name="tensor">(out).</param>
    public static Weight PerRow(Tensor tensor) => new((tensor ?? throw new ArgumentNullException(nameof(tensor))).reshape(-1, 1));

    /// <summary>A tensor as the one number of each column.</summary>
    /// <param name="tensor">(in), of a convolution (in / groups, kernel, kernel).</param>
    public static Weight PerColumn(Tensor tensor) => new((tensor ?? throw new ArgumentNullException(nameof(tensor))).reshape(1, -1));

    /// <summary>A matrix with one number for each group of neighbouring columns.</summary>
    /// <param name="tensor">(out, in / size).</param>
    /// <param name="size">How many columns share a number.</param>
    public static Weight PerGroup(Tensor tensor, int size) => new((tensor ?? throw new ArgumentNullException(nameof(tensor))).repeat_interleave(size, 1));

    /// <summary>The numbers as a tensor of a given shape.</summary>
    /// <param name="shape">The shape, of as many numbers.</param>
    public Tensor ToTensor(params long[] shape) => Matrix.reshape(shape);

    /// <summary>A function of a matrix or of a number.</summary>
    internal static Weight Apply(Weight x, Func<Tensor, Tensor> ofTensor, Func<double, double> ofNumber)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.matrix is { } tensor ? new Weight(ofTensor(tensor)) : new Weight(ofNumber(x.number));
    }

    /// <summary>A function of two.</summary>
    internal static Weight Combine(
        Weight left, Weight right, Func<Tensor, Tensor, Tensor> ofTensors, Func<Tensor, Scalar, Tensor> withNumber, Func<Scalar, Tensor, Tensor> fromNumber, Func<double, double, double> ofNumbers)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return (left.matrix, right.matrix) switch
        {
            (null, null) => new Weight(ofNumbers(left.number, right.number)),
            ({ } tensor, null) => new Weight(withNumber(tensor, right.number)),
            (null, { } tensor) => new Weight(fromNumber(left.number, tensor)),
            ({ } a, { } b) => new Weight(ofTensors(a, b)),
        };
    }
}
