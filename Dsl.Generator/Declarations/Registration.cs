using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>TorchSharp finds a module's parameters by <c>RegisterComponents()</c>, which a model's own constructor has to call.</summary>
internal static class Registration
{
    /// <summary>The constructors that users wrote, pass on to no other one, and never call it.</summary>
    public static IEnumerable<ConstructorDeclarationSyntax> Missing(INamedTypeSymbol type, CancellationToken cancellation) => type.InstanceConstructors
        .Where(constructor => !constructor.IsImplicitlyDeclared && !ConstructorReader.IsPartial(constructor))
        .Select(constructor => constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation))
        .OfType<ConstructorDeclarationSyntax>()
        .Where(syntax => syntax.Initializer?.IsKind(SyntaxKind.ThisConstructorInitializer) != true && !syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(IsRegistration));

    /// <summary>Whether a constructor leaves all to another one of its class.</summary>
    public static bool CallsAnother(IMethodSymbol constructor, CancellationToken cancellation) =>
        constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is ConstructorDeclarationSyntax { Initializer: { } initializer } && initializer.IsKind(SyntaxKind.ThisConstructorInitializer);

    private static bool IsRegistration(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.Text == "RegisterComponents",
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text == "RegisterComponents",
        _ => false,
    };
}
