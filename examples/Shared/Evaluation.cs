using static TorchSharp.torch;

namespace LayerDsl.Examples;

/// <summary>Predicted classes and outputs of a model on a data set.</summary>
public sealed record Predictions(float[] Outputs, int[] Classes)
{
    private const int RowsAtOnce = 1000;

    /// <summary>Of a TorchSharp module, in eval mode.</summary>
    public static Predictions Of(nn.Module<Tensor, Tensor> model, ImageSet data)
    {
        model.eval();
        using var noGradient = no_grad();
        var outputs = new List<float>();
        using var images = data.Images();
        for (var first = 0; first < data.Count; first += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            outputs.AddRange(model.forward(images.narrow(0, first, Math.Min(RowsAtOnce, data.Count - first))).data<float>().ToArray());
        }

        return From([.. outputs], data.Count);
    }

    /// <summary>Of a folded model, without libtorch.</summary>
    public static Predictions Of(FoldedModel model, ImageSet data)
    {
        var outputs = new float[data.Count * model.OutputSize];
        model.Forward(data.Pixels, outputs, data.Count);
        return From(outputs, data.Count);
    }

    /// <summary>The share of images whose predicted class is their label.</summary>
    public double Accuracy(ImageSet data) => Classes.Zip(data.Labels).Count(pair => pair.First == pair.Second) / (double)data.Count;

    /// <summary>How many images get another class.</summary>
    public int Differing(Predictions other) => Classes.Zip(other.Classes).Count(pair => pair.First != pair.Second);

    /// <summary>The largest absolute difference of any output.</summary>
    public double LargestDifference(Predictions other) => Outputs.Zip(other.Outputs).Max(pair => Math.Abs((double)pair.First - pair.Second));

    private static Predictions From(float[] outputs, int count)
    {
        var width = outputs.Length / count;
        return new(outputs, [.. Enumerable.Range(0, count).Select(row => IndexOfLargest(outputs.AsSpan(row * width, width)))]);
    }

    private static int IndexOfLargest(ReadOnlySpan<float> row) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
}
