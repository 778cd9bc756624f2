using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Rows that a group of threads reduces: normalizations and softmax.</summary>
internal static class RowKernels
{
    /// <summary>y = (x − mean) / √(variance + ε) · weight + bias along rows; without the mean where rows are not centred. Weight and bias are left out where they are empty.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(rows, columns); may be x.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="inverse">1 / columns.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="isCentred">1 if the mean is subtracted, else 0.</param>
    /// <param name="weight">The factor of each column.</param>
    /// <param name="bias">What is added to each column.</param>
    public static void Normalize(ArrayView<float> x, ArrayView<float> y, int columns, float inverse, float eps, int isCentred, ArrayView<float> weight, ArrayView<float> bias)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var first = Grid.IdxX * columns;
        var mean = 0f;
        if (isCentred != 0)
        {
            var total = 0f;
            for (var k = Group.IdxX; k < columns; k += Group.DimX)
            {
                total += x[first + k];
            }

            mean = DeviceReduce.Sum(shared, total) * inverse;
        }

        // A second pass over the row, so that a large mean costs no digits.
        var squares = 0f;
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            var centred = x[first + k] - mean;
            squares += centred * centred;
        }

        var scale = 1f / MathF.Sqrt((DeviceReduce.Sum(shared, squares) * inverse) + eps);
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            var value = (x[first + k] - mean) * scale;
            value = weight.Length > 0 ? value * weight[k] : value;
            y[first + k] = bias.Length > 0 ? value + bias[k] : value;
        }
    }

    /// <summary>eˣ / Σ eˣ along rows, or its logarithm, shifted by the largest value of the row. A causal row sees the columns up to its own number only; the others become 0.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(rows, columns); may be x.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="isLogarithm">1 for the logarithm, else 0.</param>
    /// <param name="isCausal">1 if a row sees the columns up to its number along the first dimension of the grid only, else 0.</param>
    /// <param name="factor">What every value is multiplied with before.</param>
    public static void Softmax(ArrayView<float> x, ArrayView<float> y, int columns, int isLogarithm, int isCausal, float factor)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var first = ((Grid.IdxY * Grid.DimX) + Grid.IdxX) * columns;
        var seen = isCausal != 0 ? Grid.IdxX + 1 : columns;
        var largest = float.NegativeInfinity;
        for (var k = Group.IdxX; k < seen; k += Group.DimX)
        {
            var value = factor * x[first + k];
            largest = value > largest ? value : largest;
        }

        largest = DeviceReduce.Max(shared, largest);
        var total = 0f;
        for (var k = Group.IdxX; k < seen; k += Group.DimX)
        {
            total += DeviceMath.Exp((factor * x[first + k]) - largest);
        }

        total = DeviceReduce.Sum(shared, total);
        var scale = 1f / total;
        var shift = DeviceMath.Log(total);
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            var value = (factor * x[first + k]) - largest;
            y[first + k] = k >= seen ? 0 : isLogarithm != 0 ? value - shift : DeviceMath.Exp(value) * scale;
        }
    }
}
