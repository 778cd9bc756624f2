using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>
/// A weight matrix as a kernel sees it: it hands out octets of a row in 32-bit floats, however it is stored. What is packed is decoded here, in registers. A kernel is
/// compiled for each implementation, so that nothing of it is left at run time.
/// </summary>
internal interface IWeights
{
    /// <summary>How many levels a group of threads keeps in shared memory; a constant, 1 where there are none.</summary>
    int SharedLevels { get; }

    /// <summary>Whether neighbouring rows, not neighbouring columns, are neighbours in memory; a constant.</summary>
    bool RowsAreNeighbours { get; }

    /// <summary>How many levels there are.</summary>
    int Levels { get; }

    /// <summary>A level, to be kept in shared memory.</summary>
    /// <param name="code">Its code.</param>
    float Level(int code);

    /// <summary>Eight neighbouring weights of a row.</summary>
    /// <param name="levels">The levels in shared memory.</param>
    /// <param name="start">Where the matrix starts, as <see cref="Segment"/> says.</param>
    /// <param name="row">The row: an output.</param>
    /// <param name="octet">The octet.</param>
    /// <param name="group">Its group.</param>
    /// <param name="column">The first of its columns.</param>
    /// <param name="end">The end of the columns of its group; weights past it meet inputs of 0.</param>
    Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end);
}
