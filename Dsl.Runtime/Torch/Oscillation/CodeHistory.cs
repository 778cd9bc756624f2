namespace LayerDsl.Oscillation;

/// <summary>The codes of one layer when last observed, and how each of them moved before.</summary>
internal sealed class CodeHistory
{
    private readonly byte[] codes;
    private readonly sbyte[] directions;
    private readonly float[] frequencies;

    public CodeHistory(byte[] codes)
    {
        this.codes = codes;
        directions = new sbyte[codes.Length];
        frequencies = new float[codes.Length];
    }

    /// <summary>Takes the next codes, as many as before.</summary>
    /// <param name="layer">The layer's name.</param>
    /// <param name="next">The codes now.</param>
    /// <param name="momentum">The weight of this observation in the average frequency.</param>
    /// <param name="threshold">The frequency above which a weight oscillates.</param>
    public OscillationRow Follow(string layer, byte[] next, float momentum, float threshold)
    {
        var (flipped, oscillated, oscillating) = (0L, 0L, 0L);
        for (var k = 0; k < codes.Length; k++)
        {
            var direction = (sbyte)next[k].CompareTo(codes[k]) is var sign && sign > 0 ? (sbyte)1 : sign < 0 ? (sbyte)-1 : (sbyte)0;
            var wentBack = direction != 0 && directions[k] == -direction;
            frequencies[k] += momentum * ((wentBack ? 1 : 0) - frequencies[k]);
            flipped += direction != 0 ? 1 : 0;
            oscillated += wentBack ? 1 : 0;
            oscillating += frequencies[k] > threshold ? 1 : 0;
            if (direction != 0)
            {
                directions[k] = direction;
                codes[k] = next[k];
            }
        }

        var count = (double)codes.Length;
        return new OscillationRow(layer, codes.Length, flipped / count, oscillated / count, oscillating / count);
    }
}
