using System.Globalization;
using LayerDsl.Generator.Declarations;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Own;

/// <summary>Reads a use of a method, <c>[Reparam(typeof(X), …)]</c>: the method, and the numbers that it is given.</summary>
/// <param name="Method">The method; null where it cannot be used.</param>
/// <param name="Arguments">The numbers by name, as far as they are given.</param>
/// <param name="Fault">Why it cannot be used; null where that is told elsewhere.</param>
internal sealed record OwnUse(OwnMethod? Method, EquatableArray<AttributeArgument> Arguments, string? Fault)
{
    /// <param name="attribute">The attribute, without errors of the compiler's.</param>
    /// <param name="compilation">Where bodies are looked up.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static OwnUse Read(AttributeData attribute, Compilation compilation, CancellationToken cancellation)
    {
        if (attribute.ConstructorArguments[0].Value is not INamedTypeSymbol type)
        {
            return Refused("null and arrays are no reparameterizations; write the typeof a class with [Reparameterization]");
        }

        if (type.TypeKind == TypeKind.Error)
        {
            return new OwnUse(null, [], null); // The compiler says what is wrong.
        }

        if (!OwnMethodReader.IsMethod(type))
        {
            return Refused("it is no class with [Reparameterization]; add the attribute to it");
        }

        var (method, fault) = OwnMethods.Find(type, compilation, cancellation);
        return method is null ? new OwnUse(null, [], fault) : ReadNumbers(method, attribute.ConstructorArguments[1]);
    }

    private static OwnUse ReadNumbers(OwnMethod method, TypedConstant given)
    {
        var values = given.Kind == TypedConstantKind.Array && !given.IsNull ? given.Values.ToArray() : [];
        var hyper = method.Hyper.ToArray();
        if (values.Length > hyper.Length || hyper.Skip(values.Length).Any(parameter => parameter.Default is null))
        {
            var wanted = hyper.Length == 0 ? "none" : string.Join(", ", hyper.Select(parameter => parameter.Type + " " + parameter.Name + (parameter.Default is null ? string.Empty : " with a default")));
            return Refused($"it is given {values.Length} numbers and takes {wanted}");
        }

        var arguments = new List<AttributeArgument>();
        for (var k = 0; k < values.Length; k++)
        {
            if (NumberOf(values[k], hyper[k].Type) is not { } number)
            {
                return Refused($"{hyper[k].Name} is a {hyper[k].Type}, but is given {values[k].Value ?? "null"}");
            }

            arguments.Add(new AttributeArgument(hyper[k].Name, hyper[k].Type == "bool" ? number != 0 ? "true" : "false" : number.ToString("R", CultureInfo.InvariantCulture), number));
        }

        return new OwnUse(method, arguments.ToEquatableArray(), null);
    }

    private static double? NumberOf(TypedConstant constant, string type) => (constant.Kind == TypedConstantKind.Primitive ? constant.Value : null, type) switch
    {
        (bool flag, "bool") => flag ? 1 : 0,
        (int number, "int" or "double") => number,
        (float or double, "double") when Convert.ToDouble(constant.Value, CultureInfo.InvariantCulture) is var number && !double.IsNaN(number) && !double.IsInfinity(number) => number,
        _ => null,
    };

    private static OwnUse Refused(string reason) => new(null, [], reason);
}
