using LayerDsl.Examples.Data;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Training;

/// <summary>What models answer, and how often that is right.</summary>
public static class Evaluation
{
    private const int RowsAtOnce = 1000;

    /// <summary>The class that a TorchSharp model finds most likely for each image.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The images.</param>
    public static byte[] Classes(nn.Module<Tensor, Tensor> model, LabelledImages images)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        using var noGradient = no_grad();
        var classes = new List<byte>(images.Count);
        for (var first = 0; first < images.Count; first += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var last = Math.Min(first + RowsAtOnce, images.Count);
            var rows = tensor(images.Pixels[(first * images.PixelsPerImage)..(last * images.PixelsPerImage)], [last - first, images.PixelsPerImage]);
            classes.AddRange(model.forward(rows).argmax(1).to_type(ScalarType.Byte).data<byte>().ToArray());
        }

        return [.. classes];
    }

    /// <summary>The class that a folded model finds most likely for each image; no libtorch takes part.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The images.</param>
    public static byte[] Classes(FoldedModel model, LabelledImages images)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        var logits = new float[images.Count * model.OutputSize];
        model.Forward(images.Pixels, logits, images.Count);
        return [.. logits.Chunk(model.OutputSize).Select(IndexOfLargest)];
    }

    /// <summary>How many answers are right, from 0 to 1.</summary>
    /// <param name="classes">The answers.</param>
    /// <param name="images">The images, with their classes.</param>
    public static double Accuracy(byte[] classes, LabelledImages images)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(images);
        return 1 - ((double)Differences(classes, images.Labels) / images.Count);
    }

    /// <summary>How many answers differ.</summary>
    /// <param name="left">Answers.</param>
    /// <param name="right">As many others.</param>
    public static int Differences(byte[] left, byte[] right) => left.Zip(right).Count(pair => pair.First != pair.Second);

    private static byte IndexOfLargest(float[] logits) => (byte)Array.IndexOf(logits, logits.Max());
}
