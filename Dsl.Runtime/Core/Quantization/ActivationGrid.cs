using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// The grid that a layer's input is rounded to: code = clip(round(x / scale) + zero point), to the nearest even, in 32-bit floats as in training;
/// it stands for scale · (code - zero point). Two grids are equal if all their parts are.
/// </summary>
public sealed record ActivationGrid
{
    /// <summary>Checks the parts.</summary>
    /// <param name="layer">The layer's name, for messages.</param>
    /// <param name="format">The codes.</param>
    /// <param name="scale">The step between codes: finite and greater than 0.</param>
    /// <param name="zeroPoint">The code of 0.</param>
    /// <exception cref="LayerShapeException">Bits, scale or zero point are out of range.</exception>
    public ActivationGrid(string layer, ActivationFormat format, float scale, int zeroPoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(layer);
        ArgumentNullException.ThrowIfNull(format);
        if (format.Bits is < 1 or > 8)
        {
            throw new LayerShapeException(layer, "bits of the input", "1 to 8", Text(format.Bits));
        }

        if (!(scale > 0 && float.IsFinite(scale)))
        {
            throw new LayerShapeException(layer, "scale of the input", "finite and greater than 0", scale.ToString(CultureInfo.InvariantCulture));
        }

        if (zeroPoint < format.Lowest || zeroPoint > format.Highest)
        {
            throw new LayerShapeException(layer, "zero point of the input", $"{Text(format.Lowest)} to {Text(format.Highest)}", Text(zeroPoint));
        }

        (Format, Scale, ZeroPoint) = (format, scale, zeroPoint);
    }

    /// <summary>The codes.</summary>
    public ActivationFormat Format { get; }

    /// <summary>The step between codes.</summary>
    public float Scale { get; }

    /// <summary>The code of 0.</summary>
    public int ZeroPoint { get; }

    /// <summary>The least value that a code stands for.</summary>
    public float Lowest => Scale * (Format.Lowest - ZeroPoint);

    /// <summary>The largest value that a code stands for.</summary>
    public float Highest => Scale * (Format.Highest - ZeroPoint);

    /// <summary>The code of a value.</summary>
    /// <param name="x">A number, not NaN.</param>
    public int Encode(float x) => (int)Math.Clamp(MathF.Round(x / Scale) + ZeroPoint, Format.Lowest, Format.Highest);

    /// <summary>The value of a code.</summary>
    /// <param name="code">From <see cref="ActivationFormat.Lowest"/> to <see cref="ActivationFormat.Highest"/>.</param>
    public float Decode(int code) => Scale * (code - ZeroPoint);

    /// <summary>The codes of values, each less the zero point: what they stand for in units of the scale.</summary>
    /// <exception cref="NonFiniteActivationException">A value is NaN or infinite. Nothing has been written.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Encode(string layer, ReadOnlySpan<float> x, Span<short> steps)
    {
        Require.FiniteInput(layer, x);
        var (low, high, zero, scale) = (new Vector<float>(Format.Lowest), new Vector<float>(Format.Highest), new Vector<float>(ZeroPoint), new Vector<float>(Scale));
        var k = 0;
        for (; k + Vector<short>.Count <= x.Length; k += Vector<short>.Count)
        {
            Vector.Narrow(Steps(new Vector<float>(x[k..])), Steps(new Vector<float>(x[(k + Vector<float>.Count)..]))).CopyTo(steps[k..]);
        }

        for (; k < x.Length; k++)
        {
            steps[k] = (short)(Encode(x[k]) - ZeroPoint);
        }

        Vector<int> Steps(Vector<float> values) =>
            Vector.ConvertToInt32(Vector.Min(Vector.Max(Vector.Round(values / scale) + zero, low), high) - zero);
    }

    /// <summary>The values of the codes of values.</summary>
    /// <exception cref="NonFiniteActivationException">A value is NaN or infinite. Nothing has been written.</exception>
    internal void Round(string layer, ReadOnlySpan<float> x, Span<float> y)
    {
        Require.FiniteInput(layer, x);
        for (var k = 0; k < x.Length; k++)
        {
            y[k] = Decode(Encode(x[k]));
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
