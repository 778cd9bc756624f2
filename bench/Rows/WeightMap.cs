using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace LayerDsl.Bench.Rows;

/// <summary>The weight map of a generated layer, which is private to it.</summary>
internal static class WeightMap
{
    /// <summary>What the forward pass of <see cref="CompandedLayer"/> computes its weight with.</summary>
    /// <param name="pass">Null: the method is static.</param>
    /// <param name="inputs">The input, which is not read, and the parameters in the order of their declaration.</param>
    /// <returns>(4096, 1024).</returns>
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "RoundedOf")]
    public static extern Tensor RoundedOf([UnsafeAccessorType("LayerDsl.Bench.Rows.CompandedLayer+Pass")] object? pass, IReadOnlyList<Tensor> inputs);
}
