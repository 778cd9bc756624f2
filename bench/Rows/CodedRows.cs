using LayerDsl.Bench.Harness;
using LayerDsl.Bench.Peers;

namespace LayerDsl.Bench.Rows;

/// <summary>Products with packed weights, against ONNX Runtime on the same codes and scales.</summary>
internal static class CodedRows
{
    private const int GroupSize = 32;

    /// <summary>Both round the input to 8 bits, on grids of their own.</summary>
    private const double RoundedInput = 0.03;
    private const double SameInput = 1e-4;

    public static IEnumerable<BenchRow> All(bool smoke)
    {
        var shrink = smoke ? 16 : 1;
        return
        [
            Int8(4096 / shrink, 4096 / shrink, 1, goal: 1.0),
            Int8(1024 / shrink, 1024 / shrink, 1, goal: 1.0),
            Int8(14336 / shrink, 4096 / shrink, 1, limit: 0.8),
            Int8(4096 / shrink, 4096 / shrink, 128, goal: 0.8),
            OnGrid(4096 / shrink, 4096 / shrink, 1),
            OnGrid(1024 / shrink, 1024 / shrink, 1),
            OnGrid(4096 / shrink, 4096 / shrink, 128),
            Exact(4096 / shrink, 4096 / shrink, goal: 1.5),
            Exact(1024 / shrink, 1024 / shrink, goal: 1.5),
            Binary(4096 / shrink, 4096 / shrink),
            BinaryBytes(4096 / shrink, 4096 / shrink),
        ];
    }

    private static string Name(string what, int outFeatures, int inFeatures, int rows) => $"{what}, {inFeatures}→{outFeatures}, batch {rows}";

    /// <summary>Both sides round the input to 8 bits as it comes, block by block.</summary>
    private static BenchRow Int8(int outFeatures, int inFeatures, int rows, double? goal = null, double? limit = null) =>
        Rounded(Name("4-bit weights, inputs rounded to 8 bits", outFeatures, inFeatures, rows), outFeatures, inFeatures, rows, activations: false, goal, limit);

    /// <summary>Ours takes the codes of a calibrated grid, with exact sums.</summary>
    private static BenchRow OnGrid(int outFeatures, int inFeatures, int rows) =>
        Rounded(Name("4-bit weights, inputs on a grid of 8 bits", outFeatures, inFeatures, rows), outFeatures, inFeatures, rows, activations: true, goal: null, limit: null);

    private static BenchRow Rounded(string name, int outFeatures, int inFeatures, int rows, bool activations, double? goal, double? limit) => BenchRow.Timed(name, () =>
    {
        var layer = CodedLayers.Uniform4(outFeatures, inFeatures, GroupSize, activations);
        layer.Precision = activations ? ActivationPrecision.Float32 : ActivationPrecision.Int8;
        var (x, y) = (CodedLayers.Input(rows * inFeatures), new float[rows * outFeatures]);
        var runtime = OrtProducts.MatMulNBits(layer, x, rows, accuracyLevel: 4);
        var race = Own(layer, x, y, rows).Against("ONNX Runtime, level 4", runtime.Run, goal).Owning(runtime);
        Agree(name, race, y, runtime, RoundedInput);
        if (rows == 1)
        {
            return race.Against("read of the packed bytes", Bandwidth.OfRead(layer.ByteCount).Read, limit);
        }

        var probe = new GemmProbe();
        return race.Against("GEMM probe, f32", probe.Run, work: GemmProbe.WorkOf((double)rows * inFeatures * outFeatures)).Owning(probe);
    });

    private static BenchRow Exact(int outFeatures, int inFeatures, double goal)
    {
        var name = Name("4-bit weights, f32 inputs", outFeatures, inFeatures, 1);
        return BenchRow.Timed(name, () =>
        {
            var layer = CodedLayers.Uniform4(outFeatures, inFeatures, GroupSize, activations: false);
            var (x, y) = (CodedLayers.Input(inFeatures), new float[outFeatures]);
            var coded = OrtProducts.MatMulNBits(layer, x, 1, accuracyLevel: 0);
            var plain = OrtProducts.MatMul(layer, x, 1);
            var race = Own(layer, x, y, 1).Against("ONNX Runtime, level 0", coded.Run, goal).Against("ONNX Runtime, f32 MatMul", plain.Run).Owning(coded, plain);
            Agree(name, race, y, coded, SameInput);
            return race;
        });
    }

    private static BenchRow Binary(int outFeatures, int inFeatures) => BenchRow.Timed(Name("binary weights of 3 planes", outFeatures, inFeatures, 1), () =>
    {
        var (binary, uniform) = (CodedLayers.Binary3(outFeatures, inFeatures, inFeatures), CodedLayers.Uniform4(outFeatures, inFeatures, inFeatures, activations: false));
        var (x, y) = (CodedLayers.Input(inFeatures), new float[outFeatures]);
        return Own(binary, x, y, 1).Against("LayerDsl, 4-bit weights", () => uniform.Forward(x, y, 1), goal: 1.0);
    });

    private static BenchRow BinaryBytes(int outFeatures, int inFeatures)
    {
        var name = Name("bytes of binary weights of 3 planes", outFeatures, inFeatures, 1);
        return new BenchRow(name, _ =>
        {
            var (binary, uniform) = (CodedLayers.Binary3(outFeatures, inFeatures, inFeatures), CodedLayers.Uniform4(outFeatures, inFeatures, inFeatures, activations: false));
            return [RowResult.Figure(name, "LayerDsl, 4-bit weights, codes", "MB", binary.Quantized!.Codes.Bytes.Length / 1e6, uniform.Quantized!.Codes.Bytes.Length / 1e6, goal: 4.0 / 3)];
        });
    }

    private static Race Own(FoldedLinear layer, float[] x, float[] y, int rows) => new() { Own = new("LayerDsl", () => layer.Forward(x, y, rows)) };

    private static void Agree(string name, Race race, float[] y, OrtModel runtime, double tolerance)
    {
        race.Own.Run();
        runtime.Run();
        Agreement.Require(name, y, runtime.Output, tolerance);
    }
}
