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

    /// <summary>Σ steps · weights, exact.</summary>
    public abstract long Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights);
}
