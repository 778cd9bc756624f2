namespace LayerDsl.Generator.Layers;

/// <summary>Which arguments of a kind's attribute are widths, and which axis of a sample they measure.</summary>
/// <param name="Input">The width that the layer reads; null where its input has none.</param>
/// <param name="Output">The width that it writes; the same argument where it keeps its input's.</param>
internal sealed record WidthArguments(string? Input, string Output)
{
    /// <summary>Whether samples are (channels, height, width), whose channels are the width; otherwise it is the last axis.</summary>
    public bool OfImages { get; init; }

    public int AxisOf(EquatableArray<int> shape) => OfImages ? 0 : shape.Count - 1;
}
