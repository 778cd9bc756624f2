using System.Globalization;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Own;

/// <summary>Finds the method that a class is: read from its source, or from what the generator left in the assembly that it comes from.</summary>
internal static class OwnMethods
{
    private const string FormName = "LayerDsl.ReparameterizationFormAttribute";

    /// <summary>The method, or why there is none; no reason where diagnostics stand at the class.</summary>
    public static (OwnMethod? Method, string? Fault) Find(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
        {
            return (OwnMethodReader.Read(type, compilation, null, cancellation).Method, null);
        }

        var attribute = type.GetAttributes().FirstOrDefault(candidate => candidate.AttributeClass?.ToDisplayString() == FormName);
        if (attribute is not { ConstructorArguments.Length: 2 } || attribute.ConstructorArguments[0].Value is not int version || attribute.ConstructorArguments[1].Value is not string form)
        {
            return (null, $"assembly {type.ContainingAssembly.Name} was compiled without the generator of LayerDsl, and has no form of it; compile it with the package LayerDsl.Torch");
        }

        return version is < 1 or > OwnText.Version
            ? (null, $"assembly {type.ContainingAssembly.Name} has its form in version {version.ToString(CultureInfo.InvariantCulture)}, this generator reads versions 1 to {OwnText.Version}; compile both with the same version of LayerDsl")
            : OwnText.Read(form) is { } method ? (method, null)
            : (null, $"the form in assembly {type.ContainingAssembly.Name} is damaged; compile it anew");
    }
}
