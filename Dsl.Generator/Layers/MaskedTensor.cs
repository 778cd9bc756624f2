using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>A stored tensor and the buffer that masks it.</summary>
/// <param name="Weight">What the mask multiplies, or what that is computed from; of the mask's shape.</param>
/// <param name="Mask">0 or 1, the same axes.</param>
/// <param name="Branches">1, or the size of a leading axis: each of its slices has a mask of its own.</param>
/// <param name="Ones">How many ones each of these masks has, from the first step to the last.</param>
/// <param name="Schedule">The member of <c>MaskSchedule</c>.</param>
internal sealed record MaskedTensor(Tensor Weight, Tensor Mask, int Branches, long Ones, string Schedule)
{
    /// <summary>The ones as generated code counts them, where sizes are parameters of the constructor; else null.</summary>
    public string? OnesText { get; init; }

    /// <summary>The share of ones.</summary>
    public double Share { get; init; }
}
