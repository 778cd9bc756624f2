namespace LayerDsl.Generator.Diagnostics.Fixes;

/// <summary>
/// What the analyzer that suggests fixes and the code fixes that apply them agree on. They are assemblies of their own, because a compiler
/// must not load what edits documents; this file is part of both.
/// </summary>
internal static class FixKeys
{
    public const string MakePartial = "LDSL910";
    public const string SetArgument = "LDSL911";
    public const string MoveAttribute = "LDSL912";
    public const string AddForward = "LDSL913";
    public const string ReplaceCall = "LDSL914";
    public const string RegisterComponents = "LDSL915";
    public const string Suppress = "LDSL916";

    /// <summary>The declaration that becomes partial, the argument that is set, or the diagnostic that is suppressed.</summary>
    public const string Name = "Name";

    /// <summary>The argument's new value, or the expression that replaces a call.</summary>
    public const string Value = "Value";

    /// <summary>The attribute that another is moved in front of; absent for the first method of the layer.</summary>
    public const string Before = "Before";

    /// <summary>The layers that a new forward calls, in their order, separated by commas.</summary>
    public const string Layers = "Layers";
}
