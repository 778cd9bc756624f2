using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LayerDsl;

/// <summary>
/// A weight (out, in) in the order in which the kernels read it: panels of as many outputs as two vectors hold, in each panel input after input. Packed once,
/// when a layer is made. What the last panel has too many outputs is zero. Immutable.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly AlignedFloats values;
    private readonly int rowLength;

    /// <summary>Packs a weight.</summary>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    /// <param name="weight">(out, in), row major.</param>
    /// <param name="kernels">The vectors to compute on.</param>
    /// <param name="isBFloat16">Whether to keep the upper 16 bits of each weight only.</param>
    public PackedMatrix(int outputs, int inputs, ReadOnlySpan<float> weight, KernelWidth kernels, bool isBFloat16 = false)
    {
        (Outputs, Inputs) = (outputs, inputs);

        // A few outputs would leave most of a wide panel empty.
        Kernels = kernels == KernelWidth.Widest && outputs <= PanelWidths.Of(KernelWidth.Wide) && KernelWidths.Best == KernelWidth.Widest ? KernelWidth.Wide : kernels;
        PanelWidth = PanelWidths.Of(Kernels);
        Panels = (outputs + PanelWidth - 1) / PanelWidth;
        IsBFloat16 = isBFloat16;
        rowLength = isBFloat16 ? BFloat16Panels.RowLength(PanelWidth) : Float32Panels.RowLength(PanelWidth);
        values = new AlignedFloats(checked(Panels * rowLength * inputs));
        var target = values.Span;
        for (var output = 0; output < outputs; output++)
        {
            var place = PlaceOf(output, out var shift);
            foreach (var value in weight.Slice(output * inputs, inputs))
            {
                if (isBFloat16)
                {
                    ref var bits = ref Unsafe.As<float, uint>(ref target[place]);
                    bits |= BitConverter.SingleToUInt32Bits(value) >> 16 << shift;
                }
                else
                {
                    target[place] = value;
                }

                place += rowLength;
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

    /// <summary>Whether weights are stored in 16 bits.</summary>
    public bool IsBFloat16 { get; }

    /// <summary>The weight again, (out, in), row major: a new array.</summary>
    public float[] ToRows()
    {
        var rows = new float[Outputs * Inputs];
        var source = values.Span;
        for (var output = 0; output < Outputs; output++)
        {
            var row = rows.AsSpan(output * Inputs, Inputs);
            var place = PlaceOf(output, out var shift);
            for (var k = 0; k < row.Length; k++, place += rowLength)
            {
                row[k] = IsBFloat16 ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(source[place]) >> shift << 16) : source[place];
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
    internal float* Panel(int panel, int input) => values.Pointer + ((((nint)panel * Inputs) + input) * rowLength);

    /// <summary>From one panel to the next.</summary>
    internal nint PanelLength => (nint)Inputs * rowLength;

    /// <summary>Where the first weight of an output lies, and in which bits.</summary>
    private int PlaceOf(int output, out int shift)
    {
        var lane = output % PanelWidth;
        shift = lane < rowLength ? 0 : 16;
        return (output / PanelWidth * rowLength * Inputs) + (IsBFloat16 ? lane % rowLength : lane);
    }
}
