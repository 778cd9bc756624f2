using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A stored weight of a layer, and the mask that says where it may differ from zero.</summary>
/// <param name="Name">The parameter's name in the layer.</param>
/// <param name="Weight">The weight; zero where the mask is.</param>
/// <param name="Mask">0 or 1, of the weight's shape.</param>
/// <param name="Branches">1, or the size of the first axis: each of its slices has a mask of its own.</param>
/// <param name="Schedule">How the mask moves in training.</param>
public sealed record MaskedParameter(string Name, Parameter Weight, Tensor Mask, long Branches, MaskSchedule Schedule);
