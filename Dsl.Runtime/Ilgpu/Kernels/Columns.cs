namespace LayerDsl.Ilgpu.Kernels;

/// <summary>
/// How the columns of a matrix are cut into octets: each group of columns that shares a scale starts an octet of its own, so that an octet has one scale. A matrix
/// without groups is one group.
/// </summary>
/// <param name="count">The columns.</param>
/// <param name="groupSize">Columns of a group; the last may have fewer.</param>
internal readonly struct Columns(int count, int groupSize)
{
    private readonly Divisor octetsPerGroup = new((groupSize + Octet.Count - 1) / Octet.Count);

    /// <summary>The columns.</summary>
    public int Count { get; } = count;

    /// <summary>Columns of a group.</summary>
    public int GroupSize { get; } = groupSize;

    /// <summary>Octets of a whole group.</summary>
    public int OctetsPerGroup => octetsPerGroup.Value;

    /// <summary>The groups.</summary>
    public int Groups { get; } = (count + groupSize - 1) / groupSize;

    /// <summary>All octets of a row; those past the last column of a short last group hold nothing.</summary>
    public int Octets { get; } = (count + groupSize - 1) / groupSize * ((groupSize + Octet.Count - 1) / Octet.Count);

    /// <summary>The group of an octet.</summary>
    public int GroupOf(int octet) => octetsPerGroup.Into(octet);

    /// <summary>The first column of an octet.</summary>
    public int First(int octet, int group) => (group * GroupSize) + ((octet - (group * OctetsPerGroup)) * Octet.Count);

    /// <summary>The end of the columns of a group.</summary>
    public int End(int group)
    {
        var end = (group + 1) * GroupSize;
        return end < Count ? end : Count;
    }
}
