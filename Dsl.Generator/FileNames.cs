using System.Collections.Immutable;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit.Ilgpu.Training;
using LayerDsl.Generator.Own;

namespace LayerDsl.Generator;

/// <summary>
/// The names of generated files. The compiler compares them without regard to case, C# its types with: of names that differ
/// only by case, all but the first get a number.
/// </summary>
internal static class FileNames
{
    public static IEnumerable<string> Of(Declared<ModelSpec> declared) => declared.Spec is not { } model
        ? []
        : LayerTasks.Of(declared).Concat(LayerTasks.AttentionOf(declared)).SelectMany(task => new[] { task.File, TrainerEmitter.ClassOf(task.File) })
            .Concat(new[] { string.Empty, ".Folded", ".OnDevice", ".FoldIlgpu", ".TrainerOnDevice", ".TrainIlgpu" }.Select(end => model.Type.FileName + end));

    public static IEnumerable<string> Of(Declared<LayerClassSpec> declared) =>
        LayerTasks.Of(declared).Concat(LayerTasks.AttentionOf(declared)).Select(task => task.File);

    public static IEnumerable<string> Of(Declared<OwnClass> declared) => declared.Spec is { } own ? [own.Type.FileName] : [];

    /// <summary>The names that need a number, in the order of their numbers within each group.</summary>
    public static EquatableArray<string> Clashes(ImmutableArray<string> names) => names
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .SelectMany(group => group.OrderBy(name => name, StringComparer.Ordinal).Skip(1))
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToEquatableArray();
}
