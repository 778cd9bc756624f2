namespace LayerDsl;

/// <summary>How whole weights are laid out, and multiplied with whole inputs. A weight takes <see cref="Size"/> bytes while it is in use.</summary>
internal abstract class IntegerKernel
{
    /// <summary>Bytes of one unpacked weight.</summary>
    public abstract int Size { get; }

    /// <summary>Unpacks the codes of weights that share a zero point.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="zero">The zero point, in units of the levels.</param>
    /// <param name="weights">Room for as many weights.</param>
    public abstract void Unpack(ReadOnlySpan<byte> codes, long zero, Span<byte> weights);

    /// <summary>Σ steps · weights, of whole weights exact up to 2^53 and rounded once above.</summary>
    public abstract double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights);

    /// <summary>Σ over groups of scale · Σ steps · weights, each inner sum as <see cref="Dot(ReadOnlySpan{short}, ReadOnlySpan{byte})"/> has it.</summary>
    /// <param name="steps">The steps of a row.</param>
    /// <param name="weights">As many weights.</param>
    /// <param name="group">Weights that share a scale.</param>
    /// <param name="scales">A scale for each group; the last group may be short.</param>
    public virtual double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights, int group, ReadOnlySpan<float> scales)
    {
        var sum = 0.0;
        for (var (start, k) = (0, 0); start < steps.Length; start += group, k++)
        {
            var count = Math.Min(group, steps.Length - start);
            sum += scales[k] * Dot(steps.Slice(start, count), weights.Slice(start * Size, count * Size));
        }

        return sum;
    }
}
