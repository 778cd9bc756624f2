using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL0xx: declarations that cannot become a layer or a model.</summary>
internal static class DeclarationDiagnostics
{
    public static readonly DiagnosticDescriptor NotPartial = Descriptors.Error(
        "LDSL001",
        "The declaration is not partial",
        "'{0}' must be declared partial: the generator adds to it; write 'partial' before '{1}'");

    public static readonly DiagnosticDescriptor UnsupportedBase = Descriptors.Error(
        "LDSL002",
        "Unsupported base class",
        "'{0}' derives from '{1}'; {2}");

    public static readonly DiagnosticDescriptor DuplicateKind = Descriptors.Error(
        "LDSL003",
        "A layer has one kind",
        "'{0}' is declared as [{1}] and as [{2}]; keep one of them");

    public static readonly DiagnosticDescriptor DuplicateMethod = Descriptors.Error(
        "LDSL004",
        "A method is applied twice",
        "'{0}' has [{1}] twice; keep one, or declare a second layer");

    public static readonly DiagnosticDescriptor NoKind = Descriptors.Error(
        "LDSL005",
        "Methods without a layer",
        "'{0}' has [{1}] but no kind of layer to apply it to; add one such as [Linear(in, out)]");

    public static readonly DiagnosticDescriptor UnknownDimension = Descriptors.Error(
        "LDSL006",
        "Unknown dimension",
        "[{0}] names the dimension '{1}', which is no integer constant of '{2}' and no parameter of a partial constructor; write a number, or declare 'const int {1}' or 'public partial {2}(int {1})'");

    public static readonly DiagnosticDescriptor ConstructorRefused = Descriptors.Error(
        "LDSL022",
        "The constructor cannot be generated",
        "The partial constructor of '{0}' cannot be generated: {1}; {2}");

    public static readonly DiagnosticDescriptor NotWithParameters = Descriptors.Error(
        "LDSL023",
        "Not with sizes of a constructor",
        "'{0}' takes its sizes from the constructor, and {1}; {2}");

    public static readonly DiagnosticDescriptor SizeOutOfRange = Descriptors.Error(
        "LDSL007",
        "Size out of range",
        "[{0}]: {1} is {2}; it must be at least {3}");

    public static readonly DiagnosticDescriptor WeightTooLarge = Descriptors.Error(
        "LDSL008",
        "The weight is too large",
        "A weight of {0} × {1} has more values than one .NET array holds (2147483647); split the layer");

    public static readonly DiagnosticDescriptor SpreadMethods = Descriptors.Error(
        "LDSL009",
        "Methods on several partial declarations",
        "The attributes of '{0}' stand on several partial declarations, so that their order is undefined; write them all on one");

    public static readonly DiagnosticDescriptor GenericType = Descriptors.Error(
        "LDSL010",
        "Generic layers and models are not supported",
        "'{0}' is generic or stands in a generic class, and a tensor's type is chosen at run time; remove the type parameters");

    public static readonly DiagnosticDescriptor ContainerNotPartial = Descriptors.Error(
        "LDSL011",
        "A containing class is not partial",
        "'{0}' stands in '{1}', which must be partial too; write 'partial' before 'class {1}', or move '{0}' out of it");

    public static readonly DiagnosticDescriptor PropertyType = Descriptors.Error(
        "LDSL012",
        "A layer property has type Layer",
        "'{0}' has type '{1}'; a layer property must have the type LayerDsl.Layer and a getter only: 'public partial Layer {0} {{ get; }}'");

    public static readonly DiagnosticDescriptor NotInModel = Descriptors.Error(
        "LDSL013",
        "A layer property outside of a model",
        "'{0}' stands in '{1}', which is no model; write [LayerModel] on '{1}'");

    public static readonly DiagnosticDescriptor NeedsParameterlessConstructor = Descriptors.Error(
        "LDSL014",
        "The model needs a constructor without parameters",
        "'{0}' has only constructors with parameters; folding makes a new '{0}', so add one without, or leave all out to have one generated");

    public static readonly DiagnosticDescriptor ComponentsNotRegistered = Descriptors.Warning(
        "LDSL015",
        "The constructor does not register the layers",
        "This constructor of '{0}' never calls RegisterComponents(), so parameters() and save() would miss the layers; call it last");

    public static readonly DiagnosticDescriptor EmptyModel = Descriptors.Warning(
        "LDSL016",
        "A model without layers",
        "'{0}' is a [LayerModel] but declares no layer; add one such as '[Linear(in, out)] public partial Layer Hidden {{ get; }}'");

    public static readonly DiagnosticDescriptor AbstractType = Descriptors.Error(
        "LDSL017",
        "A layer or model is abstract, static or file-local",
        "'{0}' is {1}, so that the generator cannot add to it or make one; remove '{1}'");

    public static readonly DiagnosticDescriptor ConstructorInLayer = Descriptors.Error(
        "LDSL018",
        "A layer class has its constructor generated",
        "'{0}' declares a constructor, but a layer's constructor is generated from its attributes; remove it");

    public static readonly DiagnosticDescriptor ReservedName = Descriptors.Error(
        "LDSL019",
        "A member has the name of a generated one",
        "'{0}' declares or is named '{1}', a name that the generated code uses itself; rename it");

    public static readonly DiagnosticDescriptor HiddenName = Descriptors.Error(
        "LDSL020",
        "A name hides a type that the generated code uses",
        "next to '{0}', '{2}' hides the type '{1}' that the generated code uses; rename it, or move '{0}' to another namespace");

    public static readonly DiagnosticDescriptor GroupsDoNotDivide = Descriptors.Error(
        "LDSL021",
        "Groups do not divide the channels",
        "[Conv2d]: {0} groups do not divide {1} input and {2} output channels; choose a divisor of both");

    public static readonly DiagnosticDescriptor NumberOutOfRange = Descriptors.Error(
        "LDSL030",
        "Number out of range",
        "[{0}]: {1} is {2}; it must be {3}");
}
