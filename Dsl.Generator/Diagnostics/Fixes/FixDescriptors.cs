using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics.Fixes;

/// <summary>
/// LDSL91x: a fix is at hand. They are hidden, and stand where the generator reports what is wrong: an IDE offers code fixes for what
/// analyzers report, but not for what generators do.
/// </summary>
internal static class FixDescriptors
{
    public static readonly DiagnosticDescriptor MakePartial = Descriptors.Hidden(FixKeys.MakePartial, "The declaration can be made partial", "Make '{0}' partial");

    public static readonly DiagnosticDescriptor SetArgument = Descriptors.Hidden(FixKeys.SetArgument, "A legal value is known", "Set {0} to {1}");

    public static readonly DiagnosticDescriptor MoveAttribute = Descriptors.Hidden(FixKeys.MoveAttribute, "Another order composes", "Write {0} before {1}");

    public static readonly DiagnosticDescriptor AddForward = Descriptors.Hidden(FixKeys.AddForward, "A forward can be written", "Add a forward that calls the layers in order");

    public static readonly DiagnosticDescriptor ReplaceCall = Descriptors.Hidden(FixKeys.ReplaceCall, "An equivalent is supported", "Write '{0}', which can be folded");

    public static readonly DiagnosticDescriptor RegisterComponents = Descriptors.Hidden(FixKeys.RegisterComponents, "The layers can be registered", "Call RegisterComponents() last");

    public static readonly DiagnosticDescriptor Suppress = Descriptors.Hidden(FixKeys.Suppress, "The warning can be suppressed", "Suppress {0} with a justification");
}
