namespace LayerDsl;

/// <summary>The weight of a convolution in the order in which the kernels read it as their left factor: tiles of rows, in each input after input. Immutable.</summary>
internal sealed unsafe class PackedTiles
{
    private readonly AlignedFloats values;
    private readonly int groups;

    /// <summary>Packs a weight.</summary>
    /// <param name="groups">Groups of outputs, which share no tile.</param>
    /// <param name="outputs">Outputs of a group.</param>
    /// <param name="inputs">Inputs of an output.</param>
    /// <param name="weight">(groups · outputs, inputs), row major.</param>
    public PackedTiles(int groups, int outputs, int inputs, ReadOnlySpan<float> weight)
    {
        (this.groups, Outputs, Inputs) = (groups, outputs, inputs);
        values = new AlignedFloats(weight.Length);
        for (var group = 0; group < groups; group++)
        {
            for (var (row, taken) = (0, 0); row < outputs; row += taken)
            {
                taken = TileRows.Of(outputs - row);
                var (start, length) = (((group * outputs) + row) * inputs, taken * inputs);
                TileRows.Interleave(weight.Slice(start, length), taken, values.Span.Slice(start, length));
            }
        }
    }

    /// <summary>Outputs of a group.</summary>
    public int Outputs { get; }

    /// <summary>Inputs of an output.</summary>
    public int Inputs { get; }

    /// <summary>How many weights.</summary>
    public int Length => values.Length;

    /// <summary>The tile that starts with an output of a group, while this object is reachable.</summary>
    public float* Tile(int group, int output) => values.Pointer + (((nint)(group * Outputs) + output) * Inputs);

    /// <summary>The weight again, row major: a new array.</summary>
    public float[] ToRows()
    {
        var rows = new float[values.Length];
        for (var group = 0; group < groups; group++)
        {
            for (var (row, taken) = (0, 0); row < Outputs; row += taken)
            {
                taken = TileRows.Of(Outputs - row);
                var (start, length) = (((group * Outputs) + row) * Inputs, taken * Inputs);
                TileRows.Separate(values.Span.Slice(start, length), taken, rows.AsSpan(start, length));
            }
        }

        return rows;
    }
}
