using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator;

/// <summary>The end of the pipeline: a file's name and text, and what is to be reported of it.</summary>
internal sealed record GeneratedFile(string Name, string? Text, EquatableArray<DiagnosticInfo> Diagnostics);
