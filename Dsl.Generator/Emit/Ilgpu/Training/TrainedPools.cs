using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>The launches of poolings, forward and backward.</summary>
internal sealed class TrainedPools(ForwardProgram program, NameScope names)
{
    private readonly Dictionary<int, string> places = program.Steps.Select((step, number) => (Step: step as ForwardStep.Pool, Number: number)).Where(pair => pair.Step?.Kind == Pooling.Max)
        .ToDictionary(pair => pair.Number, _ => names.Variable("places", "Rows"));

    /// <summary>The fields that hold where the largest values of windows lie.</summary>
    public IEnumerable<string> Fields => places.Values.Select(name => name + "Rows");

    public string Forward(int step, string x, string y) => program.Steps[step] switch
    {
        ForwardStep.Pool { Kind: Pooling.Max } pool => $"MaxPool({x}, {y}, {places[step]}Rows, {Planes(pool)}, {Sizes(pool)});",
        ForwardStep.Pool pool => $"AveragePool({x}, {y}, {Planes(pool)}, {Sizes(pool)});",
        _ => $"GlobalAverage({x}, {y}, {Mean((ForwardStep.GlobalAverage)program.Steps[step])});",
    };

    public string Backward(int step, string gradY, string gradX) => program.Steps[step] switch
    {
        ForwardStep.Pool { Kind: Pooling.Max } pool => $"MaxPoolGradient({places[step]}Rows, {gradY}, {gradX}, {Planes(pool)}, {Sizes(pool)});",
        ForwardStep.Pool pool => $"AveragePoolGradient({gradY}, {gradX}, {Planes(pool)}, {Sizes(pool)});",
        _ => $"GlobalAverageGradient({gradY}, {gradX}, {Mean((ForwardStep.GlobalAverage)program.Steps[step])});",
    };

    private string Planes(ForwardStep.Pool pool) => TrainerEmitter.Times(program.ShapeOf(pool.Argument)[0]);

    private string Sizes(ForwardStep.Pool pool)
    {
        var image = program.ShapeOf(pool.Argument);
        return $"new ImagePool(Height: {KernelText.Number(image[1])}, Width: {KernelText.Number(image[2])}, KernelSize: {KernelText.Number(pool.KernelSize)}, Stride: {KernelText.Number(pool.Stride)}, Padding: {KernelText.Number(pool.Padding)})";
    }

    private string Mean(ForwardStep.GlobalAverage average)
    {
        var image = program.ShapeOf(average.Argument);
        return $"planes: {TrainerEmitter.Times(image[0])}, size: {KernelText.Number(ForwardProgram.Product(image.Skip(1)))}";
    }
}
