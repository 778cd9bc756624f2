namespace LayerDsl.Tests.Core.Folded;

/// <summary>What the generator writes for relu between two linear layers, written by hand.</summary>
internal sealed class TwoLayerModel : FoldedModel
{
    public const string Name = "TwoLayer";
    public const string Signature = "Hidden:Linear(3,5,bias);Head:Linear(5,2)";

    private readonly FoldedLinear hidden;
    private readonly FoldedLinear head;

    public TwoLayerModel(FoldedLinear hidden, FoldedLinear head)
        : base(Name, Signature, hidden.InFeatures, head.OutFeatures, [hidden, head])
    {
        this.hidden = hidden;
        this.head = head;
    }

    public static TwoLayerModel Random(int seed, int inputs = 3, int width = 5, int outputs = 2)
    {
        var random = new Random(seed);
        return new TwoLayerModel(
            new FoldedLinear("Hidden", inputs, width, Values.Uniform(random, inputs * width), Values.Uniform(random, width)),
            new FoldedLinear("Head", width, outputs, Values.Uniform(random, width * outputs), []));
    }

    public static TwoLayerModel Load(string path)
    {
        var file = FoldedModelFile.Open(path, Name, Signature);
        var model = new TwoLayerModel(file.ReadLinear("Hidden", 3, 5, true), file.ReadLinear("Head", 5, 2, false));
        file.Complete();
        return model;
    }

    protected override void Run(ReadOnlySpan<float> x, Span<float> y, int batch)
    {
        using var middle = new PooledBuffer(batch * hidden.OutFeatures);
        hidden.Forward(x, middle.Span, batch);
        Activations.Relu(middle.Span, middle.Span);
        head.Forward(middle.Span, y, batch);
    }
}
