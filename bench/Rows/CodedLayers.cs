namespace LayerDsl.Bench.Rows;

/// <summary>Folded linear layers with random codes: what a trained one multiplies with does not matter for its time.</summary>
internal static class CodedLayers
{
    private const int Seed = 1;

    /// <summary>4 bits, equal steps, symmetric.</summary>
    public static FoldedQuantizedLinear Uniform4(int outFeatures, int inFeatures, int groupSize, bool activations) =>
        Make(new QuantizedFormat("Uniform", Bits: 4, groupSize, HasZeroPoints: false, QuantizedFormat.Steps(-8, 16)), outFeatures, inFeatures, activations);

    /// <summary>3 planes of signs.</summary>
    public static FoldedQuantizedLinear Binary3(int outFeatures, int inFeatures, int groupSize) =>
        Make(new QuantizedFormat("Binary", Bits: 3, groupSize, HasZeroPoints: false, EquatableList.Create<float>([]), Planes: 3), outFeatures, inFeatures, activations: false);

    /// <summary>In [-1, 1], with the ends among them: a scale per block and a scale for all then nearly agree.</summary>
    public static float[] Input(int length)
    {
        var random = new Random(Seed);
        float[] x = [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
        return x;
    }

    private static FoldedQuantizedLinear Make(QuantizedFormat format, int outFeatures, int inFeatures, bool activations)
    {
        var random = new Random(Seed);
        var codes = new byte[outFeatures * PackedCodes.BytesOf(inFeatures, format.Bits)];
        random.NextBytes(codes);
        var packed = PackedCodes.FromPacked("layer", codes, outFeatures, inFeatures, format.Bits);
        float[] scales = [.. Enumerable.Range(0, format.ScaleCount(outFeatures, inFeatures)).Select(_ => 0.01f + (0.01f * random.NextSingle()))];
        var grid = activations ? new ActivationGrid("layer", new ActivationFormat("Uniform", 8, Signed: false), 2f / 255, 128) : null;
        return new FoldedQuantizedLinear("layer", new QuantizedWeight("layer", format, packed, scales), []) { Activation = grid };
    }
}
