using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator;

/// <summary>The end of the pipeline: a file's name and text, and what is to be reported of it.</summary>
/// <param name="Owner">The <see cref="TypeSpec.FileName"/> of the class that the file belongs to.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Text">Its text; null where there is only something to report.</param>
/// <param name="Diagnostics">What is to be reported.</param>
internal sealed record GeneratedFile(string Owner, string Name, string? Text, EquatableArray<DiagnosticInfo> Diagnostics)
{
    /// <summary>A name of the user's that the text would mean by mistake.</summary>
    public NameClash? Clash { get; init; }

    public static GeneratedFile Of(TypeSpec type, string name, string? text, EquatableArray<DiagnosticInfo> diagnostics) =>
        new(type.FileName, name, text, diagnostics) { Clash = NameUse.Clash(type, text) };
}
