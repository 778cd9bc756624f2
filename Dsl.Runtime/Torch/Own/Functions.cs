using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// The functions of reparameterizations of your own: <c>using static LayerDsl.Functions;</c>. Each acts number by number unless it says otherwise.
/// </summary>
/// <remarks>The generator knows every one of them by name; run as plain code they compute with TorchSharp.</remarks>
public static partial class Functions
{
    /// <summary>e to the power of x.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Exp(Weight x) => Weight.Apply(x, static x => x.exp(), static x => Math.Exp(x));

    /// <summary>2 to the power of x.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Exp2(Weight x) => Weight.Apply(x, static x => x.exp2(), static x => Math.Pow(2, x));

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Log(Weight x) => Weight.Apply(x, static x => x.log(), static x => Math.Log(x));

    /// <summary>The logarithm to the base 2.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Log2(Weight x) => Weight.Apply(x, static x => x.log2(), static x => Math.Log2(x));

    /// <summary>The sine.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Sin(Weight x) => Weight.Apply(x, static x => x.sin(), static x => Math.Sin(x));

    /// <summary>The cosine.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Cos(Weight x) => Weight.Apply(x, static x => x.cos(), static x => Math.Cos(x));

    /// <summary>The tangent.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Tan(Weight x) => Weight.Apply(x, static x => x.tan(), static x => Math.Tan(x));

    /// <summary>The inverse tangent.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Atan(Weight x) => Weight.Apply(x, static x => x.atan(), static x => Math.Atan(x));

    /// <summary>The hyperbolic tangent.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Tanh(Weight x) => Weight.Apply(x, static x => x.tanh(), static x => Math.Tanh(x));

    /// <summary>The inverse hyperbolic tangent, of numbers between -1 and 1.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Atanh(Weight x) => Weight.Apply(x, static x => x.atanh(), static x => Math.Atanh(x));

    /// <summary>The square root, of numbers from 0.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Sqrt(Weight x) => Weight.Apply(x, static x => x.sqrt(), static x => Math.Sqrt(x));

    /// <summary>x times x.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Square(Weight x) => Weight.Apply(x, static x => x.square(), static x => x * x);

    /// <summary>The absolute value; its derivative at 0 is 0.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Abs(Weight x) => Weight.Apply(x, static x => x.abs(), static x => Math.Abs(x));

    /// <summary>-1, 0 or 1; its derivative is 0.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Sign(Weight x) => Weight.Apply(x, static x => x.sign(), static x => Math.Sign(x));

    /// <summary>The nearest integer, of two equally near ones the even one; its derivative is 0.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Round(Weight x) => Weight.Apply(x, static x => x.round(), static x => Math.Round(x, MidpointRounding.ToEven));

    /// <summary>The largest integer that is not above x; its derivative is 0.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Floor(Weight x) => Weight.Apply(x, static x => x.floor(), static x => Math.Floor(x));

    /// <summary>1 / (1 + e to the power of -x).</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Sigmoid(Weight x) => Weight.Apply(x, static x => x.sigmoid(), static x => 1 / (1 + Math.Exp(-x)));

    /// <summary>The larger of x and 0.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight Relu(Weight x) => Weight.Apply(x, static x => x.relu(), static x => Math.Max(x, 0));

    /// <summary>The larger of two.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="y">A matrix.</param>
    public static Weight Max(Weight x, Weight y) => Weight.Combine(x, y, static (a, b) => maximum(a, b), static (a, b) => a.clamp_min(b), static (a, b) => b.clamp_min(a), static (a, b) => Math.Max(a, b));

    /// <summary>The smaller of two.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="y">A matrix.</param>
    public static Weight Min(Weight x, Weight y) => Weight.Combine(x, y, static (a, b) => minimum(a, b), static (a, b) => a.clamp_max(b), static (a, b) => b.clamp_max(a), static (a, b) => Math.Min(a, b));

    /// <summary>The nearest number between two limits.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="low">The lower limit.</param>
    /// <param name="high">The upper limit.</param>
    public static Weight Clamp(Weight x, Weight low, Weight high) => Min(Max(x, low), high);

    /// <summary>1 where the first is greater than the second, else 0; its derivative is 0.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="y">A matrix.</param>
    public static Weight Greater(Weight x, Weight y) => Weight.Combine(
        x, y, static (a, b) => a.gt(b).to_type(a.dtype), static (a, b) => a.gt(b).to_type(a.dtype), static (a, b) => b.lt(a).to_type(b.dtype), static (a, b) => a > b ? 1 : 0);

    /// <summary>1 where the first is at least the second, else 0; its derivative is 0.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="y">A matrix.</param>
    public static Weight GreaterOrEqual(Weight x, Weight y) => Weight.Combine(
        x, y, static (a, b) => a.ge(b).to_type(a.dtype), static (a, b) => a.ge(b).to_type(a.dtype), static (a, b) => b.le(a).to_type(b.dtype), static (a, b) => a >= b ? 1 : 0);

    /// <summary>The second where the first is not 0, else the third.</summary>
    /// <param name="condition">0 or 1, as <see cref="Greater"/> gives.</param>
    /// <param name="then">A matrix.</param>
    /// <param name="otherwise">A matrix.</param>
    public static Weight Where(Weight condition, Weight then, Weight otherwise)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(otherwise);
        return new Weight(where(condition.Matrix.to_type(ScalarType.Bool), then.Matrix, otherwise.Matrix));
    }

    /// <summary>The value, as a constant to derivatives.</summary>
    /// <param name="x">A matrix.</param>
    public static Weight StopGradient(Weight x) => Weight.Apply(x, static x => x.detach(), static x => x);

    /// <summary>The value of the first with the derivative of the second: straight-through rounding is <c>StraightThrough(Round(x), x)</c>.</summary>
    /// <param name="value">What it is.</param>
    /// <param name="through">What it is differentiated as.</param>
    public static Weight StraightThrough(Weight value, Weight through) => through + StopGradient(value - through);
}
