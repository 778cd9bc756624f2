using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Emit.Ilgpu.Training;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Merging;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator;

/// <summary>A layer that a device may train: its class, or why there is none.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="File">The class, in a file of the model's; without text where it is refused.</param>
/// <param name="Refusal">Why.</param>
internal sealed record TrainedLayerFile(string Layer, GeneratedFile File, string? Refusal);

/// <summary>What a layer of a model takes and makes of one sample.</summary>
internal sealed record LayerSample(string Model, string Layer, EquatableArray<int> Input, EquatableArray<int> Output);

/// <summary>Whether a layer can be trained on a device: what the model needs to know of it.</summary>
internal sealed record TrainedLayerVerdict(string Model, string Layer, string? Refusal);

/// <summary>The stages of training on a device, after those of the layers and of the model.</summary>
internal static class TrainingPipeline
{
    /// <summary>The sizes that the layers of a model meet in its forward pass, which tell the sizes of images.</summary>
    public static IEnumerable<LayerSample> Samples(ModelSpec model) => model.Forward is not { } program
        ? []
        : program.Steps.OfType<ForwardStep.Layer>().Select(step => new LayerSample(model.Type.FileName, step.Name, program.ShapeOf(step.Argument), step.Shape));

    /// <summary>The class of a layer.</summary>
    public static TrainedLayerFile Layer(ScheduledLayer layer, EquatableArray<LayerSample> samples)
    {
        var name = layer.Task.Layer.Name;
        var sample = samples.FirstOrDefault(candidate => candidate.Model == layer.Task.Type.FileName && candidate.Layer == name);
        var forms = sample is null ? layer.Forms : DeviceTraining.At(layer.Forms, sample.Input, sample.Output);
        var (passes, refusal) = DeviceTraining.Of(forms, layer.Programs);
        var text = passes is null ? null : TrainedLayerEmitter.Emit(layer.Task.Type, TrainerEmitter.ClassOf(layer.Task.Names.ClassName), forms, passes);
        return new TrainedLayerFile(name, GeneratedFile.Of(layer.Task.Type, TrainerEmitter.ClassOf(layer.Task.File), text, []), refusal);
    }

    /// <summary>The classes of the model, or the diagnostic that says why it has none.</summary>
    public static EquatableArray<GeneratedFile> Model(MergedModel merged, EquatableArray<TrainedLayerVerdict> verdicts)
    {
        var model = merged.Model;
        if (model.Forward is null)
        {
            return [];
        }

        var program = DevicePlan.ForTraining(model.Forward);
        var name = model.Type.FileName + ".TrainerOnDevice";
        return Refusal(model, program, verdicts) is var (layer, reason)
            ? [GeneratedFile.Of(model.Type, name, null, [DiagnosticInfo.At(PlaceOf(model, layer), DeviceDiagnostics.CannotTrain, model.Type.Name, reason)])]
            : [GeneratedFile.Of(model.Type, name, TrainerEmitter.Emit(model, program), []), GeneratedFile.Of(model.Type, model.Type.FileName + ".TrainIlgpu", TrainIlgpuEmitter.Emit(model.Type), []), .. Attention(model, program)];
    }

    /// <summary>The classes of attention layers, around those of their projections.</summary>
    private static IEnumerable<GeneratedFile> Attention(ModelSpec model, ForwardProgram program) => model.Shapes.OfType<AttentionShape>().Select(shape =>
    {
        var layerClass = model.Properties.First(property => property.Layer?.Name == shape.Name).Class;
        return GeneratedFile.Of(model.Type, TrainerEmitter.ClassOf(model.Type.FileName + "+" + layerClass), TrainedAttentionEmitter.Emit(model.Type, layerClass, shape, TokensOf(program, shape)), []);
    });

    private static int TokensOf(ForwardProgram program, AttentionShape shape) =>
        program.Steps.OfType<ForwardStep.Layer>().First(step => step.Name == shape.Name).Shape is var sample ? sample[sample.Count - 2] : 0;

    /// <summary>Why an attention layer cannot be trained on a device; null where it can.</summary>
    private static string? Refusal(ModelSpec model, ForwardProgram program, AttentionShape shape, EquatableArray<TrainedLayerVerdict> verdicts)
    {
        var parts = shape.Parts.Select(part => verdicts.FirstOrDefault(candidate => candidate.Model == model.Type.FileName && candidate.Layer == part.Layer.Name)).ToArray();
        return parts.Contains(null) ? "was refused"
            : parts.FirstOrDefault(part => part!.Refusal is not null) is { } refused ? $"cannot be trained there: {refused.Layer.Substring(shape.Name.Length + 1)}: {refused.Refusal}"
            : program.Steps.OfType<ForwardStep.Layer>().Any(step => step.Name == shape.Name) && (long)shape.Heads * shape.MostOfHead(TokensOf(program, shape)) * ForwardProgram.Product(OutputOf(program, shape)) / shape.Dim > TrainerEmitter.MostValues ? "has more scores for a sample than an index of a device reaches"
            : program.Steps.OfType<ForwardStep.Layer>().Any(step => step.Name == shape.Name && shape.Heads * (long)ForwardProgram.Product(step.Shape.Take(step.Shape.Count - 2)) > TrainerEmitter.MostHeads) ? "has more heads for a sample than a grid of a device reaches"
            : null;
    }

    private static EquatableArray<int> OutputOf(ForwardProgram program, AttentionShape shape) => program.Steps.OfType<ForwardStep.Layer>().First(step => step.Name == shape.Name).Shape;

    /// <summary>The layer, where it is one, and the reason why the model cannot be trained on a device.</summary>
    private static (string? Layer, string Reason)? Refusal(ModelSpec model, ForwardProgram program, EquatableArray<TrainedLayerVerdict> verdicts)
    {
        if (model.Constructor is not null)
        {
            return (null, "its constructor takes sizes, and kernels are made for numbers");
        }

        var called = program.Steps.OfType<ForwardStep.Layer>().Select(step => step.Name).ToArray();
        foreach (var shape in model.Shapes)
        {
            var verdict = verdicts.FirstOrDefault(candidate => candidate.Model == model.Type.FileName && candidate.Layer == shape.Name);
            var calls = called.Count(name => name == shape.Name);
            var reason = shape is AttentionShape attention && Refusal(model, program, attention, verdicts) is { } ofAttention ? ofAttention
                : shape is not AttentionShape && !DeviceTraining.Knows(shape) ? $"of the kind {shape.Kind} has no kernels for training"
                : verdict is null && shape is not AttentionShape ? "was refused"
                : verdict?.Refusal is { } refusal ? "cannot be trained there: " + refusal
                : calls != 1 ? calls == 0 ? "is not called by forward" : "is called more than once by forward"
                : shape is EmbeddingShape && LayerBefore(program, shape.Name) is { } before ? $"takes its indices from the layer {before}, to which no gradient goes back"
                : null;
            if (reason is not null)
            {
                return (shape.Name, $"the layer {shape.Name} {reason}");
            }
        }

        return called.Length == 0 ? (null, "forward calls no layer") : null;
    }

    /// <summary>A layer that the argument of a layer comes from; null where it is the model's input.</summary>
    private static string? LayerBefore(ForwardProgram program, string name)
    {
        var open = new Stack<int>(program.Steps.OfType<ForwardStep.Layer>().Where(layer => layer.Name == name).Select(layer => layer.Argument));
        while (open.Count > 0)
        {
            if (open.Pop() is var value && value >= 0)
            {
                if (program.Steps[value] is ForwardStep.Layer layer)
                {
                    return layer.Name;
                }

                foreach (var read in program.Steps[value].Reads)
                {
                    open.Push(read);
                }
            }
        }

        return null;
    }

    private static string PlaceOf(ModelSpec model, string? layer)
    {
        var properties = model.Properties.Where(property => property.Layer is not null).Select(property => property.Layer!).ToArray();
        return (properties.FirstOrDefault(property => property.Name == layer) ?? properties[0]).Kind.Place;
    }
}
