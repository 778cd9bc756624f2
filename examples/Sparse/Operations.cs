using static TorchSharp.torch;

namespace LayerDsl.Examples.Sparse;

/// <summary>Counts what a model multiplies for one image, from the numbers that it stores: an entry that its mask hides costs nothing.</summary>
internal static class Operations
{
    private const int FirstPositions = 28 * 28;
    private const int SecondPositions = 10 * 10;

    /// <summary>Floating-point operations of all matrices, a multiplication and an addition for each entry and position.</summary>
    public static long PerImage(nn.Module model) => model.children().OfType<Layer>().Sum(layer => 2 * Entries(layer) * Positions(layer.GetName()));

    /// <summary>Entries of a layer's matrices that may be other than zero.</summary>
    public static long Entries(Layer layer)
    {
        using var scope = NewDisposeScope();
        var matrices = layer.named_parameters().Where(named => named.name != "bias").ToDictionary(named => named.name, named => named.parameter.numel());
        var masks = layer.named_buffers().Where(named => named.name.StartsWith("mask", StringComparison.Ordinal)).ToArray();

        // A mask belongs to 'weight' or 'branch_weights', 'mask_U' to 'factor_U'.
        foreach (var (name, mask) in masks)
        {
            var masked = name == "mask" ? matrices.Keys.Single(own => own is "weight" or "branch_weights") : name.Replace("mask_", "factor_", StringComparison.Ordinal);
            matrices[masked] = mask.count_nonzero().item<long>();
        }

        return matrices.Values.Sum();
    }

    private static int Positions(string layer) => layer switch
    {
        "First" => FirstPositions,
        "Second" => SecondPositions,
        _ => 1,
    };
}
