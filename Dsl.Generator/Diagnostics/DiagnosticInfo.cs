using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>Where a diagnostic stands, without holding on to a syntax tree.</summary>
internal sealed record LocationInfo(string FilePath, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo? From(SyntaxReference? reference) =>
        reference is null ? null : From(Location.Create(reference.SyntaxTree, reference.Span));

    public static LocationInfo? From(Location? location) => location?.SourceTree is null
        ? null
        : new LocationInfo(location.SourceTree.FilePath, location.SourceSpan, location.GetLineSpan().Span);

    /// <summary>In the compilation's own tree where it is still there, so that <c>#pragma warning disable</c> reaches it.</summary>
    public Location ToLocation(Compilation compilation) =>
        compilation.SyntaxTrees.FirstOrDefault(tree => tree.FilePath == FilePath && Span.End <= tree.Length) is { } tree
            ? Location.Create(tree, Span)
            : Location.Create(FilePath, Span, Lines);
}

/// <summary>A diagnostic as data: it travels through the pipeline and is reported in one place.</summary>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, LocationInfo? Location, EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Create(DiagnosticDescriptor descriptor, LocationInfo? location, params string[] arguments) =>
        new(descriptor, location, arguments.ToEquatableArray());

    /// <summary>The key of a place whose location is looked up when the diagnostic is reported.</summary>
    public string? Place { get; init; }

    /// <summary>A diagnostic of a later stage, which knows places but no locations.</summary>
    public static DiagnosticInfo At(string place, DiagnosticDescriptor descriptor, params string[] arguments) =>
        new(descriptor, null, arguments.ToEquatableArray()) { Place = place };

    /// <summary>Looks up the location of the place.</summary>
    public DiagnosticInfo Locate(IEnumerable<PlaceInfo> places) =>
        Place is null ? this : this with { Location = places.FirstOrDefault(place => place.Key == Place)?.Location };

    public bool IsError => Descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    public Diagnostic ToDiagnostic(Compilation compilation) =>
        Diagnostic.Create(Descriptor, Location?.ToLocation(compilation), Arguments.Select(argument => (object)argument).ToArray());
}

/// <summary>The location of a place that later stages name by its key.</summary>
internal sealed record PlaceInfo(string Key, LocationInfo? Location);

/// <summary>What a stage returns: a value, or the reasons why there is none; warnings may come with a value.</summary>
internal sealed record Result<T>(T? Value, EquatableArray<DiagnosticInfo> Diagnostics)
    where T : class, IEquatable<T>
{
    public static Result<T> Success(T value) => new(value, []);

    public static Result<T> Failure(params DiagnosticInfo[] diagnostics) => new(null, diagnostics.ToEquatableArray());
}
