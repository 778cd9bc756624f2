using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Where a thread's square of outputs goes.</summary>
/// <param name="Row">Its first row.</param>
/// <param name="Output">Its first output.</param>
/// <param name="Start">Where the outputs of the product start.</param>
/// <param name="BiasStart">Where its biases start.</param>
internal readonly record struct SquareTarget(int Row, int Output, int Start, int BiasStart);

/// <summary>Four by four sums in registers.</summary>
internal struct SquareSums
{
    /// <summary>Row 0.</summary>
    public Float4 First;

    /// <summary>Row 1.</summary>
    public Float4 Second;

    /// <summary>Row 2.</summary>
    public Float4 Third;

    /// <summary>Row 3.</summary>
    public Float4 Fourth;

    /// <summary>Adds an outer product.</summary>
    /// <param name="rows">A value of each row.</param>
    /// <param name="outputs">A weight of each output.</param>
    public void Add(Float4 rows, Float4 outputs)
    {
        First = MultiplyAdd(rows.X, outputs, First);
        Second = MultiplyAdd(rows.Y, outputs, Second);
        Third = MultiplyAdd(rows.Z, outputs, Third);
        Fourth = MultiplyAdd(rows.W, outputs, Fourth);
    }

    /// <summary>Stores what is inside of the product.</summary>
    public readonly void Store<TOutputs>(ProductShape shape, SquareTarget target, TOutputs place, ArrayView<float> y, SumEpilogue epilogue)
        where TOutputs : struct, IOutputs
    {
        StoreRow(shape, target, place, y, epilogue, 0, First);
        StoreRow(shape, target, place, y, epilogue, 1, Second);
        StoreRow(shape, target, place, y, epilogue, 2, Third);
        StoreRow(shape, target, place, y, epilogue, 3, Fourth);
    }

    /// <summary>Stores a row of a square.</summary>
    public static void StoreRow<TOutputs>(ProductShape shape, SquareTarget target, TOutputs place, ArrayView<float> y, SumEpilogue epilogue, int number, Float4 sums)
        where TOutputs : struct, IOutputs
    {
        var row = target.Row + number;
        if (row >= shape.Rows)
        {
            return;
        }

        var count = shape.Outputs - target.Output;
        Store(target, place, y, epilogue, row, 0, count, sums.X);
        Store(target, place, y, epilogue, row, 1, count, sums.Y);
        Store(target, place, y, epilogue, row, 2, count, sums.Z);
        Store(target, place, y, epilogue, row, 3, count, sums.W);
    }

    private static void Store<TOutputs>(SquareTarget target, TOutputs place, ArrayView<float> y, SumEpilogue epilogue, int row, int number, int count, float sum)
        where TOutputs : struct, IOutputs
    {
        if (number < count)
        {
            var output = target.Output + number;
            epilogue.Store(y, target.Start + place.Of(row, output), target.BiasStart, output, sum);
        }
    }

    private static Float4 MultiplyAdd(float factor, Float4 values, Float4 sums) =>
        new(sums.X + (factor * values.X), sums.Y + (factor * values.Y), sums.Z + (factor * values.Z), sums.W + (factor * values.W));
}
