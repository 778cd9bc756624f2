using LayerDsl.Bench.Harness;
using LayerDsl.Bench.Peers;
using static TorchSharp.torch;

namespace LayerDsl.Bench.Rows;

/// <summary>Folded linear layers in 32-bit floats.</summary>
internal static class LinearRows
{
    /// <summary>Sums of thousands of products in another order.</summary>
    private const double Tolerance = 1e-4;
    private const double Goal = 0.9;

    public static IEnumerable<BenchRow> All(bool smoke)
    {
        int[] sizes = smoke ? [64] : [1024, 4096];
        int[] batches = [1, 128];
        return from size in sizes from rows in batches select Row(size, rows);
    }

    private static BenchRow Row(int size, int rows)
    {
        var name = $"f32 Linear, {size}→{size}, batch {rows}";
        return BenchRow.Timed(name, () =>
        {
            var weight = Array.ConvertAll(CodedLayers.Input(size * size), value => value * 0.03f);
            var layer = new FoldedLinear("layer", size, size, weight, []);
            var (x, y) = (CodedLayers.Input(rows * size), new float[rows * size]);
            var runtime = OrtProducts.MatMul(layer, x, rows);
            var (torchWeight, torchInput) = (tensor(weight, size, size), tensor(x, rows, size));
            var race = new Race { Own = new("LayerDsl", () => layer.Forward(x, y, rows)) }
                .Against("ONNX Runtime, f32 MatMul", runtime.Run, Goal)
                .Against("TorchSharp", () => nn.functional.linear(torchInput, torchWeight).Dispose(), Goal)
                .Owning(runtime, torchWeight, torchInput);
            race.Own.Run();
            runtime.Run();
            Agreement.Require(name, y, runtime.Output, Tolerance);
            return race;
        });
    }
}
