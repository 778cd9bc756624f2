namespace LayerDsl.Ilgpu.Kernels;

/// <summary>The square of outputs that a group of threads computes, four by four for each thread; the side is a constant of the compiled kernel.</summary>
internal interface ITile
{
    /// <summary>Outputs along a side.</summary>
    int Side { get; }
}

/// <summary>64 × 64 outputs by 256 threads, 16 KiB of shared memory.</summary>
internal readonly struct Tile64 : ITile
{
    /// <inheritdoc/>
    public int Side => 64;
}

/// <summary>32 × 32 outputs by 64 threads, 8 KiB of shared memory.</summary>
internal readonly struct Tile32 : ITile
{
    /// <inheritdoc/>
    public int Side => 32;
}

/// <summary>16 × 16 outputs by 16 threads, 4 KiB of shared memory: for small devices, and for the CPU accelerator, whose threads are those of the system.</summary>
internal readonly struct Tile16 : ITile
{
    /// <inheritdoc/>
    public int Side => 16;
}
