using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Emit.Ilgpu;
using LayerDsl.Generator.Emit.Managed;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Merging;
using LayerDsl.Generator.Own;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator;

/// <summary>The pipeline: declarations → specifications → proved → scheduled → text. Nothing else is done here.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class LayerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Equal layers ask for the same proofs: this remembers the answers for as long as the compiler keeps the generator.
        var examiner = new Examiner();

        // 1. Annotated classes, as specifications without symbols.
        var models = context.SyntaxProvider
            .ForAttributeWithMetadataName("LayerDsl.LayerModelAttribute", (node, _) => node is TypeDeclarationSyntax, DeclarationReader.ReadModel)
            .WithTrackingName(StepNames.DeclaredModels);
        var layerClasses = LayerKinds.Attributes
            .Select(kind => context.SyntaxProvider
                .ForAttributeWithMetadataName($"LayerDsl.{kind}Attribute", (node, _) => node is TypeDeclarationSyntax or ConstructorDeclarationSyntax, DeclarationReader.ReadLayerClass)
                .WithTrackingName(StepNames.DeclaredLayers))
            .ToArray();

        var methods = context.SyntaxProvider
            .ForAttributeWithMetadataName("LayerDsl.ReparameterizationAttribute", (node, _) => node is TypeDeclarationSyntax, OwnMethodReader.ReadClass)
            .WithTrackingName(StepNames.DeclaredMethods);

        // 2. What is wrong with a declaration is reported where it stands.
        context.Report(models.SelectMany((declared, _) => declared.Diagnostics).WithTrackingName(StepNames.Diagnostics));
        context.Report(methods.SelectMany((declared, _) => declared.Diagnostics));
        foreach (var classes in layerClasses)
        {
            context.Report(classes.SelectMany((declared, _) => declared.Diagnostics));
        }

        foreach (var attribute in LayerKinds.Attributes.Concat(Methods.Attributes))
        {
            var orphans = context.SyntaxProvider.ForAttributeWithMetadataName($"LayerDsl.{attribute}Attribute", (_, _) => true, DeclarationReader.ReadOrphan);
            context.Report(orphans.Where(orphan => orphan is not null).Select((orphan, _) => orphan!));
        }

        // 3. File names that differ only by case would be one file.
        var clashes = layerClasses.Aggregate(
            models.SelectMany((declared, _) => FileNames.Of(declared)).Collect().Combine(methods.SelectMany((declared, _) => FileNames.Of(declared)).Collect()).Select((pair, _) => pair.Left.AddRange(pair.Right)),
            (names, classes) => names.Combine(classes.SelectMany((declared, _) => FileNames.Of(declared)).Collect()).Select((pair, _) => pair.Left.AddRange(pair.Right)))
            .Select((names, _) => FileNames.Clashes(names));

        var output = new OutputFiles(context);
        output.Declare(PlacesOf(models));

        // 4. One task for each layer, so that an edit runs the later steps for the layers that it changes only.
        var scheduled = Generate(context, models.SelectMany((declared, _) => LayerTasks.Of(declared)), PlacesOf(models), output, examiner);
        GenerateAttention(context, models.SelectMany((declared, _) => LayerTasks.AttentionOf(declared)), PlacesOf(models), output, examiner);
        foreach (var classes in layerClasses)
        {
            output.Declare(PlacesOf(classes));
            Generate(context, classes.SelectMany((declared, _) => LayerTasks.Of(declared)), PlacesOf(classes), output, examiner);
            GenerateAttention(context, classes.SelectMany((declared, _) => LayerTasks.AttentionOf(declared)), PlacesOf(classes), output, examiner);
        }

        var methodFiles = methods.Where(declared => declared.Spec is not null)
            .Select((declared, _) => GeneratedFile.Of(declared.Spec!.Type, declared.Spec.Type.FileName, OwnMethodEmitter.Emit(declared.Spec), [])).WithTrackingName(StepNames.MethodFiles);
        output.Add(methodFiles);

        // 5. The models themselves, with the pairs of layers that are merged when they are folded.
        var specs = models.Where(declared => declared.Spec is not null).Select((declared, _) => declared.Spec!).WithTrackingName(StepNames.Models);
        var merged = specs.Select((model, cancellation) => Merges.Prove(model, examiner, cancellation)).WithTrackingName(StepNames.MergedModels);
        var files = merged.Select((model, _) => GeneratedFile.Of(model.Model.Type, model.Model.Type.FileName, ModelEmitter.Emit(model), [])).WithTrackingName(StepNames.ModelFiles);
        output.Add(files);
        var findings = merged.SelectMany((model, _) => model.Pairs.Select(pair => pair.Finding).Where(finding => finding is not null).Select(finding => finding!)).Combine(PlacesOf(models));
        context.Report(findings.Select((pair, _) => pair.Left.Locate(pair.Right)));

        // 6. Their folded halves, which need nothing of TorchSharp.
        var folded = merged.Where(model => model.Folded is not null)
            .Select((model, _) => GeneratedFile.Of(model.Model.Type, model.Model.Type.FileName + ".Folded", FoldedModelEmitter.Emit(model.Model.Type, model.Folded!.Program, model.Folded.Shapes, model.Model.Sizes), []))
            .WithTrackingName(StepNames.FoldedFiles);
        output.Add(folded);

        // 7. The same on a device, where the project references the package that launches kernels.
        var device = merged.Combine(context.HasIlgpu()).Where(pair => pair.Right && pair.Left.Folded is not null)
            .SelectMany((pair, _) => DeviceModelEmitter.Emit(pair.Left)).WithTrackingName(StepNames.DeviceFiles);
        output.Add(device);
        context.Report(device.SelectMany((file, _) => file.Diagnostics).Combine(PlacesOf(models)).Select((pair, _) => pair.Left.Locate(pair.Right)));

        // 8. The training of a model on a device, from the same passes of its layers.
        var samples = merged.SelectMany((model, _) => TrainingPipeline.Samples(model.Model)).Collect().Select((all, _) => new EquatableArray<LayerSample>(all));
        var trained = scheduled.Combine(context.HasIlgpu()).Where(pair => pair.Right).Select((pair, _) => pair.Left).Combine(samples)
            .Select((pair, _) => TrainingPipeline.Layer(pair.Left, pair.Right)).WithTrackingName(StepNames.TrainedLayers);
        var verdicts = trained.Select((file, _) => new TrainedLayerVerdict(file.File.Owner, file.Layer, file.Refusal)).Collect().Select((all, _) => new EquatableArray<TrainedLayerVerdict>(all));
        var trainers = merged.Combine(context.HasIlgpu()).Where(pair => pair.Right).Select((pair, _) => pair.Left).Combine(verdicts)
            .SelectMany((pair, _) => TrainingPipeline.Model(pair.Left, pair.Right)).WithTrackingName(StepNames.TrainerFiles);
        output.Add(trainers);
        context.Report(trainers.SelectMany((file, _) => file.Diagnostics).Combine(PlacesOf(models)).Select((pair, _) => pair.Left.Locate(pair.Right)));
        var trainable = trainers.Where(file => file.Text is not null).Select((file, _) => file.Name).Collect().Select((names, _) => new EquatableArray<string>(names));
        output.Add(trained.Combine(trainable).Where(pair => pair.Right.Contains(pair.Left.File.Owner + ".TrainerOnDevice")).Select((pair, _) => pair.Left.File));

        // 9. All of them, but those that would mean types of the user's by mistake.
        output.Register(clashes);

        // 10. What lets TorchSharp's native library load.
        context.RegisterTorchLoader();
    }

    /// <summary>The steps of every layer: prove, differentiate, schedule, write.</summary>
    private static IncrementalValuesProvider<ScheduledLayer> Generate(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<LayerTask> tasks,
        IncrementalValueProvider<EquatableArray<PlaceInfo>> places,
        OutputFiles output,
        Examiner examiner)
    {
        var scheduled = tasks.WithTrackingName(StepNames.LayerTasks)
            .Select((task, cancellation) => LayerPipeline.Prove(task, examiner, cancellation)).WithTrackingName(StepNames.ProvedLayers)
            .Select((layer, cancellation) => LayerPipeline.Differentiate(layer, examiner, cancellation)).WithTrackingName(StepNames.DifferentiatedLayers)
            .Select((layer, _) => LayerPipeline.Schedule(layer)).WithTrackingName(StepNames.ScheduledLayers);
        Finish(context, scheduled.Select((layer, _) => LayerPipeline.Emit(layer)).WithTrackingName(StepNames.LayerFiles), places, output);
        return scheduled;
    }

    /// <summary>The steps of an attention layer, whose projections go the way of every layer.</summary>
    private static void GenerateAttention(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<LayerTask> tasks,
        IncrementalValueProvider<EquatableArray<PlaceInfo>> places,
        OutputFiles output,
        Examiner examiner)
    {
        var files = tasks.WithTrackingName(StepNames.AttentionTasks)
            .Select((task, cancellation) => AttentionPipeline.Prove(task, examiner, cancellation)).WithTrackingName(StepNames.ProvedAttention)
            .Select((layer, cancellation) => AttentionPipeline.Schedule(layer, examiner, cancellation)).WithTrackingName(StepNames.ScheduledAttention)
            .Select((layer, _) => AttentionPipeline.Emit(layer)).WithTrackingName(StepNames.AttentionFiles);
        Finish(context, files, places, output);
    }

    /// <summary>Adds the files, and reports what was found on the way.</summary>
    private static void Finish(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<GeneratedFile> files,
        IncrementalValueProvider<EquatableArray<PlaceInfo>> places,
        OutputFiles output)
    {
        output.Add(files);
        var policy = context.CompilationProvider.Select((compilation, _) => ProofPolicy.Of(compilation.Assembly));
        var findings = files.SelectMany((file, _) => file.Diagnostics).Combine(policy).SelectMany((pair, _) => ProofPolicy.Apply(pair.Left, pair.Right)).Combine(places);
        context.Report(findings.Select((pair, _) => pair.Left.Locate(pair.Right)));
    }

    private static IncrementalValueProvider<EquatableArray<PlaceInfo>> PlacesOf<T>(IncrementalValuesProvider<Declared<T>> declared)
        where T : class, IEquatable<T> =>
        declared.SelectMany((item, _) => item.Places).Collect().Select((places, _) => new EquatableArray<PlaceInfo>(places));
}
