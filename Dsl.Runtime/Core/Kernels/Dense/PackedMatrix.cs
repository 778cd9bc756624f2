using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// A weight (out, in) in the order in which the kernels read it: panels of as many outputs as two vectors hold, in each panel input after input. Packed once,
/// when a layer is made. What the last panel has too many outputs is zero. Immutable.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly AlignedFloats values;

    /// <summary>Packs a weight.</summary>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    /// <param name="weight">(out, in), row major.</param>
    /// <param name="kernels">The vectors to compute on.</param>
    public PackedMatrix(int outputs, int inputs, ReadOnlySpan<float> weight, KernelWidth kernels)
    {
        (Outputs, Inputs) = (outputs, inputs);

        // A few outputs would leave most of a wide panel empty.
        Kernels = kernels == KernelWidth.Widest && outputs <= PanelWidths.Of(KernelWidth.Wide) && KernelWidths.Best == KernelWidth.Widest ? KernelWidth.Wide : kernels;
        PanelWidth = PanelWidths.Of(Kernels);
        Panels = (outputs + PanelWidth - 1) / PanelWidth;
        values = new AlignedFloats(checked(Panels * PanelWidth * inputs));
        var target = values.Span;
        for (var output = 0; output < outputs; output++)
        {
            var row = weight.Slice(output * inputs, inputs);
            var place = PlaceOf(output);
            for (var k = 0; k < row.Length; k++, place += PanelWidth)
            {
                target[place] = row[k];
            }
        }
    }

    /// <summary>The vectors that it is packed for.</summary>
    public KernelWidth Kernels { get; }

    /// <summary>Rows of the weight.</summary>
    public int Outputs { get; }

    /// <summary>Columns of the weight.</summary>
    public int Inputs { get; }

    /// <summary>Outputs of a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>How many panels.</summary>
    public int Panels { get; }

    /// <summary>The weight again, (out, in), row major: a new array.</summary>
    public float[] ToRows()
    {
        var rows = new float[Outputs * Inputs];
        var source = values.Span;
        for (var output = 0; output < Outputs; output++)
        {
            var row = rows.AsSpan(output * Inputs, Inputs);
            var place = PlaceOf(output);
            for (var k = 0; k < row.Length; k++, place += PanelWidth)
            {
                row[k] = source[place];
            }
        }

        return rows;
    }

    /// <summary>y[r,o] = Σ_i x[r,i] · W[o,i] + bias[o], then the epilogue. Lengths are the caller's to check; the residual lies apart from y.</summary>
    /// <param name="x">(rows, in), row major.</param>
    /// <param name="y">(rows, out), row major.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="bias">(out), or empty.</param>
    /// <param name="epilogue">What is done with the sums.</param>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int rows, ReadOnlySpan<float> bias, in Epilogue epilogue)
    {
        switch (Kernels)
        {
            case KernelWidth.Widest:
                PackedProduct<Simd512, Vector512<float>>.Multiply(this, x, y, rows, bias, epilogue);
                break;
            case KernelWidth.Wide:
                PackedProduct<Simd256, Vector256<float>>.Multiply(this, x, y, rows, bias, epilogue);
                break;
            case KernelWidth.Narrow:
                PackedProduct<Simd128, Vector128<float>>.Multiply(this, x, y, rows, bias, epilogue);
                break;
        }
    }

    /// <summary>Where a panel lies, from an input on, while this object is reachable.</summary>
    internal float* Panel(int panel, int input) => values.Pointer + ((((nint)panel * Inputs) + input) * PanelWidth);

    private int PlaceOf(int output) => ((output / PanelWidth) * PanelWidth * Inputs) + (output % PanelWidth);
}
