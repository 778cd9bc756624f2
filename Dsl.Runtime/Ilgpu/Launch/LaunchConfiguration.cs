using ILGPU.Runtime;

namespace LayerDsl.Ilgpu;

/// <summary>How the products of a layer are launched. The generator chooses by the layer's sizes; a device that has less takes less.</summary>
/// <param name="Tile">Outputs along the side of the square that a group of threads computes: 64, 32 or 16, by (tile / 4)² threads.</param>
/// <param name="DotThreads">Threads that share the columns of a row where there are few rows; a power of two.</param>
/// <param name="DotRows">From how many rows on squares are computed; with fewer, every row on its own.</param>
public readonly record struct LaunchConfiguration(int Tile, int DotThreads, int DotRows)
{
    private const int SmallestTile = 16;
    private const int CpuThreads = 4;

    /// <summary>What the device can do of it.</summary>
    /// <param name="accelerator">The device.</param>
    internal LaunchConfiguration Within(Accelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);

        // Threads of the CPU accelerator are those of the system, and every barrier waits for all of them.
        if (accelerator.AcceleratorType == AcceleratorType.CPU)
        {
            return this with { Tile = SmallestTile, DotThreads = Math.Min(DotThreads, CpuThreads) };
        }

        var tile = Tile;
        while (tile > SmallestTile && (ThreadsOf(tile) > accelerator.MaxNumThreadsPerGroup || SharedBytesOf(tile) > accelerator.MaxSharedMemoryPerGroup))
        {
            tile /= 2;
        }

        var threads = DotThreads;
        while (threads > accelerator.MaxNumThreadsPerGroup)
        {
            threads /= 2;
        }

        return this with { Tile = tile, DotThreads = threads };
    }

    /// <summary>Threads of a group that computes a square.</summary>
    internal static int ThreadsOf(int tile) => tile * tile / (Kernels.ProductKernels.Square * Kernels.ProductKernels.Square);

    /// <summary>Shared memory of such a group: two blocks of columns, and a table of levels.</summary>
    internal static int SharedBytesOf(int tile) => sizeof(float) * ((2 * Kernels.ProductKernels.ColumnsAtOnce * tile) + Weights.TableLevels.Most);
}
