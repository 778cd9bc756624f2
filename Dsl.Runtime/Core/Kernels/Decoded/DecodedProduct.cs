using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>
/// Products with weights that are not laid out in tiles, those of more than 64 uneven levels or with groups so short that tiles would be half empty: rows of the weight are shared out to the worker team, and each is decoded once for all
/// rows of inputs. Allocates nothing.
/// </summary>
internal static class DecodedProduct
{
    /// <summary>Codes of a part: below, the hand-over to another thread takes longer than the work.</summary>
    private const int CodesPerPart = 8 * 1024;

    /// <summary>y = x Wᵀ + b.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="y">(rows, outputs).</param>
    /// <param name="rows">How many.</param>
    public static void Multiply(QuantizedWeight weight, ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int rows)
    {
        var parts = WorkerTeam.Shared.Parts(weight.Codes.Rows, Math.Max(1, CodesPerPart / weight.Codes.Columns));
        var work = new Work(weight, x, bias, y, rows, parts);
        WorkerTeam.Shared.Run(ref work, parts);
    }

    private readonly ref struct Work(QuantizedWeight weight, ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int rows, int parts) : IWork
    {
        private readonly ReadOnlySpan<float> x = x;
        private readonly ReadOnlySpan<float> bias = bias;
        private readonly Span<float> y = y;

        public void Run(int part)
        {
            var (inputs, outputs) = (weight.Codes.Columns, weight.Codes.Rows);
            using var buffer = new PooledBuffer(inputs);
            for (var o = (int)((long)outputs * part / parts); o < (int)((long)outputs * (part + 1) / parts); o++)
            {
                weight.Decode(o, buffer.Span);
                for (var row = 0; row < rows; row++)
                {
                    var dot = TensorPrimitives.Dot(x.Slice(row * inputs, inputs), buffer.Span);
                    y[(row * outputs) + o] = bias.IsEmpty ? dot : dot + bias[o];
                }
            }
        }
    }
}
