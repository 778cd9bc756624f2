using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>An argument of a kind that a parameter of the model's constructor gives.</summary>
internal readonly record struct BoundSize(string Argument, string Parameter);

/// <summary>Sizes over parameters of a constructor, as expressions in generated code.</summary>
internal static class SizeCode
{
    /// <summary>The size over the parameters themselves: <c>4 * width</c>.</summary>
    public static string Of(Size size) => Of(size, TypeReader.Identifier);

    /// <param name="size">The size.</param>
    /// <param name="name">What stands for a parameter.</param>
    public static string Of(Size size, Func<string, string> name) => size.IsZero ? "0" : string.Join(" + ", size.Terms.Select(term => Product(term, name))).Replace("+ -", "- ");

    /// <summary>The same as a factor.</summary>
    public static string Factor(Size size, Func<string, string> name) => size.Terms.Count > 1 ? "(" + Of(size, name) + ")" : Of(size, name);

    /// <summary>The same where it may be larger than a number of 64 bits: what is computed is computed exactly.</summary>
    public static string Exact(Size size) => IsOne(size) ? Of(size) : string.Join(" + ", size.Terms.Select(Exact)).Replace("+ LayerSizes.Exact(-", "- LayerSizes.Exact(");

    /// <summary>Whether nothing is computed: a number, or a parameter alone.</summary>
    public static bool IsOne(Size size) => size.Constant is not null || (size.Terms.Count == 1 && size.Terms[0] is { Coefficient: 1, Symbols.Count: 1 });

    private static string Exact(Size.Monomial term)
    {
        var factors = Factors(term, TypeReader.Identifier);
        return string.Join(" * ", factors.Skip(1).Prepend("LayerSizes.Exact(" + factors[0] + ")"));
    }

    private static string Product(Size.Monomial term, Func<string, string> name) => string.Join(" * ", Factors(term, name));

    private static string[] Factors(Size.Monomial term, Func<string, string> name)
    {
        var coefficient = term.Coefficient == 1 && term.Symbols.Count > 0 ? [] : new[] { term.Coefficient.ToString(CultureInfo.InvariantCulture) };
        return [.. coefficient, .. term.Symbols.Select(name)];
    }
}
