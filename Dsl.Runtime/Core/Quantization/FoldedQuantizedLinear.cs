using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// A linear layer on a weight in codes. Codes are laid out for vector kernels when the layer is made, and decoded in registers; formats without a kernel
/// are decoded row by row. With an input in codes as well it adds up products of integers, where the levels of the weight are whole numbers. Immutable but for
/// <see cref="Precision"/>, and safe to use from many threads at once.
/// </summary>
public sealed class FoldedQuantizedLinear : FoldedLinear
{
    private readonly QuantizedWeight quantized;
    private readonly TiledWeight? tiled;
    private readonly PlaneWeight? planes;
    private readonly LowRankBranch? branch;
    private IntegerWeight? integers;
    private (TiledWeight Even, TiledWeight Odd)? parity;
    private volatile ActivationPrecision precision;

    /// <summary>Takes a weight in codes.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="weight">The weight, (out, in).</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">The length of the bias does not match.</exception>
    /// <exception cref="NonFiniteWeightException">A bias is NaN or infinite.</exception>
    public FoldedQuantizedLinear(string name, QuantizedWeight weight, ReadOnlySpan<float> bias)
        : base(name, Checked(weight).Codes.Columns, weight.Codes.Rows, bias)
    {
        quantized = weight;
        tiled = weight.LayOut();
        planes = weight.LayOutPlanes();
        if (weight.Format.Rank > 0)
        {
            branch = new LowRankBranch(weight.Format.Rank, InFeatures, OutFeatures, weight.Down, weight.Up, weight.Format.BranchScale, KernelWidths.Best);
        }
    }

    /// <summary>
    /// What is done with inputs that the model does not round itself; <see cref="ActivationPrecision.Float32"/> at first. May be set while the layer is in use: it holds for calls that
    /// start later. Formats without an integer kernel take no notice of it.
    /// </summary>
    public ActivationPrecision Precision
    {
        get => precision;
        set => precision = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Not an activation precision.");
    }

    /// <summary>The weight without a low-rank term, shape (out, in), row major: decoded anew for each call.</summary>
    public override ReadOnlySpan<float> Weight
    {
        get
        {
            var weights = new float[checked(OutFeatures * InFeatures)];
            Decode(weights, 0, OutFeatures);
            return weights;
        }
    }

    /// <inheritdoc/>
    public override QuantizedWeight? Quantized => quantized;

    /// <inheritdoc/>
    public override long ParameterCount => quantized.ParameterCount + Bias.Length + ActivationCount;

    /// <inheritdoc/>
    public override long ByteCount => quantized.ByteCount + (sizeof(float) * (long)(Bias.Length + ActivationCount));

    private protected override IEnumerable<SafetensorsEntry> WeightTensors() => QuantizedTensors.Of(Name, quantized);

    /// <summary>Whether products of integers are added up.</summary>
    internal IntegerWeight? Integers => integers;

    private protected override void Prepare(ActivationGrid grid)
    {
        integers = IntegerWeight.Of(quantized, grid.Format);
        parity = integers?.Odd is not null && tiled is not null && LevelGrid.ByParity(quantized.Format) is { } levels && StepProduct.CanMultiply(tiled.With(levels.Even))
            ? (tiled.With(levels.Even), tiled.With(levels.Odd))
            : null;
    }

    private protected override void MultiplyRounded(ActivationGrid grid, ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue)
    {
        if (integers is null && planes is null)
        {
            base.MultiplyRounded(grid, x, y, rows, epilogue);
            return;
        }

        using var buffer = new PooledBuffer((x.Length + 1) / 2);
        var steps = MemoryMarshal.Cast<float, short>(buffer.Span)[..x.Length];
        grid.Encode(Name, x, steps);
        if (planes is not null)
        {
            PlaneProduct.MultiplySteps(planes, grid, steps, Bias, y, rows, KernelWidths.Best);
        }
        else if (tiled is not null && StepProduct.CanMultiply(tiled))
        {
            StepProduct.Multiply(tiled, grid, steps, Bias, y, rows, KernelWidths.Best);
        }
        else if (parity is { } halves)
        {
            StepProduct.MultiplyByParity(halves.Even, halves.Odd, grid, steps, Bias, y, rows, KernelWidths.Best);
        }
        else
        {
            IntegerProduct.Multiply(integers!, grid.Scale, steps, Bias, y, rows, OutFeatures);
        }

        if (branch is not null)
        {
            using var rounded = new PooledBuffer(x.Length);
            grid.Round(Name, x, rounded.Span);
            branch.AddTo(rounded.Span, y, rows);
        }

        epilogue.Finish(y);
    }

    private protected override void Multiply(ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue)
    {
        if (planes is not null)
        {
            PlaneProduct.Multiply(planes, x, Bias, y, rows, KernelWidths.Best);
        }
        else if (tiled is null)
        {
            DecodedProduct.Multiply(quantized, x, Bias, y, rows);
        }
        else if (precision == ActivationPrecision.Int8 && Activation is null && tiled.Grid.HasIntegerKernel)
        {
            Require.FiniteInput(Name, x);
            TiledProduct.MultiplyRounded(tiled, x, Bias, y, rows, KernelWidths.Best);
        }
        else
        {
            TiledProduct.Multiply(tiled, x, Bias, y, rows, KernelWidths.Best);
        }

        branch?.AddTo(x, y, rows);
        epilogue.Finish(y);
    }

    private static QuantizedWeight Checked(QuantizedWeight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight;
    }

    private void Decode(Span<float> target, int first, int last)
    {
        for (var row = first; row < last; row++)
        {
            quantized.Decode(row, target.Slice((row - first) * InFeatures, InFeatures));
        }
    }
}
