using LayerDsl.Bench.Harness;
using LayerDsl.Bench.Peers;
using LayerDsl.Examples.FashionMnist;
using LayerDsl.Examples.Schemes.Models;
using LayerDsl.Tests.Onnx;
using static TorchSharp.torch;

namespace LayerDsl.Bench.Rows;

/// <summary>Whole folded models on one picture, against the model in TorchSharp, folded there too, and against ONNX Runtime on the folded weights.</summary>
internal static class ModelRows
{
    private const int Pixels = 784;

    /// <summary>Three to five layers, each a sum in another order.</summary>
    private const double Tolerance = 1e-3;

    public static IEnumerable<BenchRow> All(bool smoke) =>
    [
        Row("FashionMlp", () => new FashionMlp(), model => model.Fold(), model => model.FoldTorch(), Mlp, Pixels),
        Row("convolutional net, f32", () => new Full(), model => model.Fold(), model => model.FoldTorch(), Lenet, 1, 28, 28),
        Row("convolutional net, 4 bits", () => new FourBitNet(), model => model.Fold(), model => model.FoldTorch(), Lenet, 1, 28, 28),
    ];

    private static BenchRow Row<TModel>(
        string what, Func<TModel> make, Func<TModel, FoldedModel> fold, Func<TModel, nn.Module<Tensor, Tensor>> foldTorch, Func<FoldedModel, OnnxModel> onnx, params int[] sample)
        where TModel : nn.Module<Tensor, Tensor>
    {
        var name = $"{what}, whole model, batch 1";
        return BenchRow.Timed(name, () =>
        {
            var model = make();
            model.eval();
            var (folded, foldedTorch) = (fold(model), foldTorch(model));
            foldedTorch.eval();
            var (x, y) = (CodedLayers.Input(Pixels), new float[folded.OutputSize]);
            var input = tensor(x, 1, Pixels);
            var runtime = new OrtModel(onnx(folded), x, [1, .. sample], [1, folded.OutputSize]);
            var race = new Race { Own = new("LayerDsl", () => folded.Forward(x, y, 1)) }
                .Against("TorchSharp, eval()", () => TrainingRows.Infer(model, input), goal: 3)
                .Against("ONNX Runtime, the folded graph", runtime.Run, goal: 1)
                .Against("TorchSharp, folded", () => TrainingRows.Infer(foldedTorch, input))
                .Owning(model, foldedTorch, input, runtime);
            race.Own.Run();
            runtime.Run();
            Agreement.Require(name, y, runtime.Output, Tolerance);
            return race;
        });
    }

    private static OnnxModel Mlp(FoldedModel model) =>
        new OrtFolded().Linear(model.Layers[0]).Relu().Linear(model.Layers[1]).Relu().Linear(model.Layers[2]).Done();

    private static OnnxModel Lenet(FoldedModel model) =>
        new OrtFolded()
            .Conv2d(model.Layers[0]).Relu().Halved()
            .Conv2d(model.Layers[1]).Relu().Halved().Flat()
            .Linear(model.Layers[2]).Relu().Linear(model.Layers[3]).Relu().Linear(model.Layers[4]).Done();
}
