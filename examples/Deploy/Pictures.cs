namespace LayerDsl.Examples.Deploy;

/// <summary>A test picture of each class, embedded.</summary>
internal static class Pictures
{
    private const int Pixels = 28 * 28;
    private const float White = 255;

    /// <summary>The classes in the order of their numbers.</summary>
    public static string[] Classes { get; } = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    /// <summary>All pictures, in [0, 1] as in training.</summary>
    public static float[] Load()
    {
        using var stream = typeof(Pictures).Assembly.GetManifestResourceStream("pictures.bin")!;
        var bytes = new byte[Classes.Length * Pixels];
        stream.ReadExactly(bytes);
        return Array.ConvertAll(bytes, value => value / White);
    }

    /// <summary>The picture of a class.</summary>
    public static ReadOnlySpan<float> At(float[] pixels, int index) => pixels.AsSpan(index * Pixels, Pixels);

    /// <summary>The class with the largest score.</summary>
    public static int Largest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
        {
            best = scores[k] > scores[best] ? k : best;
        }

        return best;
    }
}
