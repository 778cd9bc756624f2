using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using LayerDsl.Generator;

namespace LayerDsl.Tests.Generator;

/// <summary>A compiler runs a generator on many projects and threads at once: nothing may be kept between runs.</summary>
public class StaticStateTests
{
    [Fact]
    public void The_generator_keeps_nothing_that_changes()
    {
        var fields = typeof(LayerGenerator).Assembly.GetTypes()
            .Where(type => !IsByCompiler(type))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsLiteral)
            .ToArray();

        Assert.True(fields.Length > 100, "the fields were not found");
        Assert.All(fields, field => Assert.True(field.IsInitOnly && !IsMutable(field.FieldType), $"{field.DeclaringType}.{field.Name} can change: {field.FieldType}"));
    }

    /// <summary>Lambdas without captures are kept in fields of the compiler's own.</summary>
    private static bool IsByCompiler(Type type) => type.Name.StartsWith('<') || type.IsDefined(typeof(CompilerGeneratedAttribute));

    /// <summary>Collections that have a method to add; arrays are taken as constants, as the language has no other.</summary>
    private static bool IsMutable(Type type) => !type.IsArray && type.Namespace is not "System.Collections.Immutable" &&
        (typeof(IDictionary).IsAssignableFrom(type) || typeof(IList).IsAssignableFrom(type) || type.GetMethod("Add", BindingFlags.Instance | BindingFlags.Public) is { ReturnType: var result } && (result == typeof(void) || result == typeof(bool)));
}
