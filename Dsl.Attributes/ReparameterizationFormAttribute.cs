using System.ComponentModel;

namespace LayerDsl;

/// <summary>
/// What the generator read of a class with <see cref="ReparameterizationAttribute"/>, for the layers of other assemblies that use it. Generated; not to be written by hand.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ReparameterizationFormAttribute : Attribute
{
    /// <summary>Records a form.</summary>
    /// <param name="version">The version of the notation.</param>
    /// <param name="form">The parameters and bodies in that notation.</param>
    public ReparameterizationFormAttribute(int version, string form) => (Version, Form) = (version, form);

    /// <summary>The version of the notation.</summary>
    public int Version { get; }

    /// <summary>The parameters and bodies in that notation.</summary>
    public string Form { get; }
}
