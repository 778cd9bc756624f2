using static TorchSharp.torch;

namespace LayerDsl.Bench.Peers;

/// <summary>A limit of the machine: libtorch's product of two square matrices that fit the caches, in 32-bit floats.</summary>
internal sealed class GemmProbe : IDisposable
{
    private const int Size = 1024;

    private readonly Tensor left = randn(Size, Size);
    private readonly Tensor right = randn(Size, Size);

    /// <summary>How many runs are so many multiplications with additions.</summary>
    public static double WorkOf(double multiplications) => multiplications / ((double)Size * Size * Size);

    public void Run()
    {
        using var noGradient = no_grad();
        left.mm(right).Dispose();
    }

    public void Dispose()
    {
        left.Dispose();
        right.Dispose();
    }
}
