using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// How far two float32 computations of a normalization of rows can be apart, where their inputs differ by at most e:
/// y = c / √(v + ε) · w + b, with c = x − mean or c = x, and v the mean of c².
/// </summary>
/// <remarks>
/// With m the mean of |x|, n the size of a row and u the unit roundoff, c differs by Δc ≤ e + mean(e) + 2u((n + 2)m + |c|), v by
/// Δv ≤ 2·mean(|c|Δc) + mean(Δc²) + 2u(n + 4)v, and 1/√(v + ε), whose slope is largest where v is least, by at most
/// ½·max(v − Δv + ε, ε)^(−3/2)·Δv and a few roundings of its own.
/// </remarks>
public static class NormBound
{
    private const double U = Layer.UnitRoundoff;

    /// <summary>Additions, products, a root and a quotient beside the sums, in both computations.</summary>
    private const double OwnRoundings = 8 * U;

    /// <summary>The bound at an input.</summary>
    /// <param name="input">x, float64, (…, features).</param>
    /// <param name="inputError">e, float64, of the same shape.</param>
    /// <param name="weight">w, (features), or null.</param>
    /// <param name="bias">b, (features), or null.</param>
    /// <param name="eps">ε.</param>
    /// <param name="centered">Whether the mean is subtracted.</param>
    public static Tensor Of(Tensor input, Tensor inputError, Tensor? weight, Tensor? bias, double eps, bool centered)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var c = (centered ? input - Mean(input) : input).abs();
        var v = Mean(c.square());
        return Of(c, v, v, input.abs(), inputError, weight, bias, eps, centered).MoveToOuterDisposeScope();
    }

    /// <summary>The bound for the worst signs of the input: no variance is then too small to be met.</summary>
    /// <param name="magnitude">|x|, float64, (…, features).</param>
    /// <param name="inputError">e, float64, of the same shape.</param>
    /// <param name="weight">w, (features), or null.</param>
    /// <param name="bias">b, (features), or null.</param>
    /// <param name="eps">ε.</param>
    /// <param name="centered">Whether the mean is subtracted.</param>
    public static Tensor OfMagnitude(Tensor magnitude, Tensor inputError, Tensor? weight, Tensor? bias, double eps, bool centered)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var c = centered ? magnitude + Mean(magnitude) : magnitude;
        var v = Mean(magnitude.square());
        return Of(c, v, centered ? zeros_like(v) : v, magnitude, inputError, weight, bias, eps, centered).MoveToOuterDisposeScope();
    }

    /// <summary>From |c| and v, or what they are at most, and what v is at least.</summary>
    private static Tensor Of(Tensor c, Tensor v, Tensor least, Tensor magnitude, Tensor error, Tensor? weight, Tensor? bias, double eps, bool centered)
    {
        var n = c.shape[^1];
        var moved = centered
            ? error + Mean(error) + (((Mean(magnitude + error) * (n + 2)) + c) * (2 * U))
            : error;
        var movedSquare = (Mean(c * moved) * 2) + Mean(moved.square()) + (v * (2 * U * (n + 4)));
        var inverse = (least + eps).rsqrt();
        var steepest = (least - movedSquare).clamp_min(0) + eps;
        var movedInverse = (movedSquare * steepest.pow(-1.5) * 0.5) + (inverse * OwnRoundings);

        // A normalized row has the length √n at most, whatever its input: two of them are nowhere further apart than twice that.
        var normalized = (((inverse + movedInverse) * moved) + (c * movedInverse) + (c * inverse * OwnRoundings)).clamp_max(2 * Math.Sqrt(n) * (1 + (2 * U * (n + 8))));
        var factor = weight is null ? ones(1, ScalarType.Float64) : weight.to_type(ScalarType.Float64).abs();
        var bound = (normalized * factor) + (c * inverse * factor * OwnRoundings);
        return bias is null ? bound : bound + (bias.to_type(ScalarType.Float64).abs() * OwnRoundings);
    }

    private static Tensor Mean(Tensor tensor) => tensor.mean([-1], keepdim: true);
}
