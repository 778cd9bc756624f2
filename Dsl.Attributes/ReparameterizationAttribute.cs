namespace LayerDsl;

/// <summary>
/// Declares a reparameterization of your own: a static partial class whose method <c>Map</c> makes the effective weight from stored parameters.
/// Its body is ordinary C#: operators of <c>Weight</c> and <c>LayerDsl.Functions</c>, locals, constants and other methods of the same class.
/// <see cref="ReparamAttribute"/> puts it on a layer, where it is differentiated, proved, folded and composed like a built-in method.
/// </summary>
/// <remarks>
/// Beside <c>Map</c> the class may have <c>Fold</c> (the weight computed another way, for inference), <c>Inverse</c> (the parameters that give a
/// weight), <c>Initialize</c> (the parameters that a layer starts with, from a random weight), <c>Gradient</c> (the parameters' gradients from the
/// weight's) and <c>Update</c> (the buffers after a training step). See docs/own-methods.md.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparameterizationAttribute : Attribute
{
    /// <summary>Where the method comes from, for the header of generated layers: authors, title, year, arXiv number. Default empty.</summary>
    public string Paper { get; set; } = string.Empty;

    /// <summary>Whether the weight must be square, so that it can be added to its transpose or multiplied with itself. Default false.</summary>
    public bool Square { get; set; }
}
