using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>TorchSharp finds a module's parameters by <c>RegisterComponents()</c>, which a model's own constructor has to call.</summary>
internal static class Registration
{
    /// <summary>The constructors that users wrote, pass on to no other one, and never call it.</summary>
    public static IEnumerable<ConstructorDeclarationSyntax> Missing(INamedTypeSymbol type, CancellationToken cancellation) => type.InstanceConstructors
        .Where(constructor => !constructor.IsImplicitlyDeclared)
        .Select(constructor => constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation))
        .OfType<ConstructorDeclarationSyntax>()
        .Where(syntax => syntax.Initializer?.IsKind(SyntaxKind.ThisConstructorInitializer) != true && !syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(IsRegistration));

    private static bool IsRegistration(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.Text == "RegisterComponents",
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text == "RegisterComponents",
        _ => false,
    };
}
