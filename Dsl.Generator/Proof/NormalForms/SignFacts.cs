using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>What is known of a value's sign.</summary>
internal enum SignFact
{
    Unknown,
    NonNegative,
    Positive,
}

/// <summary>Signs that follow from domains and functions alone: the checked side conditions of the laws.</summary>
internal static class SignFacts
{
    public static bool IsPositive(Atom atom) => Of(atom) == SignFact.Positive;

    public static bool IsNonNegative(Polynomial a) => Of(a) != SignFact.Unknown;

    public static SignFact Of(Atom atom) => atom switch
    {
        LeafAtom { Tensor.Domain: Domain.Positive } or SizeAtom or PrimeAtom => SignFact.Positive,
        LeafAtom { Tensor.Domain: Domain.Mask } or IndicatorAtom => SignFact.NonNegative,
        FunctionAtom { Function: Function.Exp } => SignFact.Positive,
        FunctionAtom { Function: Function.Abs or Function.GreaterOrEqual } => SignFact.NonNegative,
        FunctionAtom { Function: Function.Max } max => max.Arguments.Max(Of),
        MaxOverAtom max => Of(max.Body),
        GroupAtom group => Of(group.Body),
        _ => SignFact.Unknown,
    };

    /// <summary>Non-negative if every term is; positive if one of them is positive as well.</summary>
    public static SignFact Of(Polynomial a)
    {
        var all = a.Terms.Select(term => term.Coefficient.Sign < 0 ? SignFact.Unknown : Of(term.Product)).DefaultIfEmpty(SignFact.NonNegative).ToArray();
        return all.Min() == SignFact.Unknown ? SignFact.Unknown : all.Max();
    }

    /// <summary>0 or 1.</summary>
    public static bool IsBinary(Atom atom) =>
        atom is IndicatorAtom or LeafAtom { Tensor.Domain: Domain.Mask } or FunctionAtom { Function: Function.GreaterOrEqual };

    public static bool IsInteger(Polynomial a) => a.Terms.All(term => term.Coefficient.IsInteger && term.Product.Factors.All(factor =>
        factor.Power.IsInteger && factor.Power.Sign > 0
        && (IsBinary(factor.Atom) || factor.Atom is SizeAtom or FunctionAtom { Function: Function.Round or Function.Floor or Function.Sign })));

    public static SignFact Of(Product product)
    {
        var factors = product.Factors.Select(Of).DefaultIfEmpty(SignFact.Positive).Min();

        // A sum over an index that may have no values may be zero.
        return factors == SignFact.Positive && !product.Bound.All(index => SizeFacts.IsNonNegative(index.Size - Size.One)) ? SignFact.NonNegative : factors;
    }

    private static SignFact Of(Factor factor) => Of(factor.Atom) switch
    {
        SignFact.Positive => SignFact.Positive,

        // A square may be zero; a root or its inverse exists only where it is not negative.
        _ when factor.Power.IsInteger && factor.Power.Numerator.IsEven => SignFact.NonNegative,
        _ when !factor.Power.IsInteger && factor.Power.Denominator.IsEven => SignFact.NonNegative,
        var fact => fact,
    };
}
