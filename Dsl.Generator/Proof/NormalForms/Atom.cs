using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>
/// What a normal form does not look into: a tensor element, a size, an indicator, or a function of normal forms.
/// Two atoms are the same if their keys are; a key names bound indices canonically.
/// </summary>
internal abstract class Atom
{
    private protected Atom(ImmutableHashSet<Index> indices, int height, long length = 1)
    {
        Indices = indices;
        Height = height;
        Length = length;
    }

    /// <summary>The indices that the atom depends on, bound further out or free.</summary>
    public ImmutableHashSet<Index> Indices { get; }

    /// <summary>How many scopes of bound indices are nested inside.</summary>
    public int Height { get; }

    /// <summary>How many atoms are written out in the key.</summary>
    public long Length { get; }

    public string Key => field ??= Print(index => index.Name);

    /// <summary>The atom in words, with indices named by <paramref name="nameOf"/>; parts without an order are sorted.</summary>
    public abstract string Print(Func<Index, string> nameOf);

    /// <summary>The atom read elsewhere, in normal form.</summary>
    public abstract Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place);

    public sealed override string ToString() => Key;

    private protected static ImmutableHashSet<Index> IndicesOf(IEnumerable<AffineIndex> places) =>
        places.SelectMany(place => place.Roots).ToImmutableHashSet();

    private protected static string Print(AffineIndex place, Func<Index, string> nameOf) => string.Join("+", place.Terms
        .Select(term => term.Factor == Size.One ? term.Index.Print(nameOf) : "(" + term.Factor + ")" + term.Index.Print(nameOf))
        .OrderBy(part => part, StringComparer.Ordinal)
        .Concat(place.Offset.IsZero && place.Terms.Count > 0 ? [] : ["{" + place.Offset + "}"]));
}

/// <summary>A tensor element.</summary>
internal sealed class LeafAtom : Atom
{
    private readonly string tensorKey;

    public LeafAtom(Tensor tensor, EquatableArray<AffineIndex> at)
        : base(IndicesOf(at), 0)
    {
        Tensor = tensor;
        At = at;
        tensorKey = tensor.Name + "<" + (int)tensor.Role + (int)tensor.Domain + (tensor.HasOrthonormalRows ? "q" : string.Empty) + string.Concat(tensor.Axes.Select(axis => "," + axis.Size)) + ">";
    }

    public Tensor Tensor { get; }

    public EquatableArray<AffineIndex> At { get; }

    public override string Print(Func<Index, string> nameOf) =>
        tensorKey + "[" + string.Join(",", At.Select(place => Print(place, nameOf))) + "]";

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) =>
        Polynomial.Of(new LeafAtom(Tensor, At.Select(at => at.Substitute(place)).ToEquatableArray()));
}

/// <summary>A size symbol, a number of at least one.</summary>
internal sealed class SizeAtom : Atom
{
    public SizeAtom(string symbol)
        : base([], 0) => Symbol = symbol;

    public string Symbol { get; }

    public override string Print(Func<Index, string> nameOf) => "size " + Symbol;

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) => Polynomial.Of(this);
}

/// <summary>A prime, under a fractional power: √2.</summary>
internal sealed class PrimeAtom : Atom
{
    public PrimeAtom(System.Numerics.BigInteger value)
        : base([], 0) => Value = value;

    public System.Numerics.BigInteger Value { get; }

    public override string Print(Func<Index, string> nameOf) => "prime " + Value;

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) => Polynomial.Of(this);
}

/// <summary>The table of a lookup.</summary>
internal sealed class CodebookAtom : Atom
{
    private readonly Codebook codebook;

    public CodebookAtom(Codebook codebook)
        : base([], 0) => this.codebook = codebook;

    public override string Print(Func<Index, string> nameOf) => "codebook " + codebook.Text;

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) => Polynomial.Of(this);
}

/// <summary>1 where a place lies inside <c>[0, size)</c>, else 0.</summary>
internal sealed class IndicatorAtom : Atom
{
    public IndicatorAtom(AffineIndex at, Size size)
        : base(IndicesOf([at]), 0)
    {
        At = at;
        Size = size;
    }

    public AffineIndex At { get; }

    public Size Size { get; }

    public override string Print(Func<Index, string> nameOf) => "inside " + Print(At, nameOf) + "<" + Size;

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) => algebra.Indicator(At.Substitute(place), Size);
}

/// <summary>A function of normal forms: equal arguments give equal values (congruence).</summary>
internal sealed class FunctionAtom : Atom
{
    public FunctionAtom(Function function, ImmutableArray<Polynomial> arguments)
        : base(arguments.Aggregate(ImmutableHashSet<Index>.Empty, (all, argument) => all.Union(argument.Indices)), arguments.Max(argument => argument.Height), 1 + arguments.Sum(argument => argument.Length))
    {
        Function = function;
        Arguments = arguments;
    }

    public Function Function { get; }

    public ImmutableArray<Polynomial> Arguments { get; }

    public override string Print(Func<Index, string> nameOf)
    {
        var parts = Arguments.Select(argument => argument.Print(nameOf));
        return Function + "(" + string.Join("; ", Function == Function.Max ? parts.OrderBy(part => part, StringComparer.Ordinal) : parts) + ")";
    }

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place)
    {
        if (!Indices.Any(index => place(index) is not null))
        {
            return Polynomial.Of(this);
        }

        // Building a form anew costs as much as it is long: without that, few steps of nested functions would take minutes.
        algebra.Steps.Take(Length);
        return algebra.Apply(Function, Arguments.Select(argument => argument.Reindex(algebra, place)).ToImmutableArray());
    }
}

/// <summary>The largest value of a normal form over one bound index.</summary>
internal sealed class MaxOverAtom : Atom
{
    public MaxOverAtom(Index index, Polynomial body)
        : base(body.Indices.Remove(index), body.Height + 1, body.Length + 1)
    {
        Index = index;
        Body = body;
    }

    public Index Index { get; }

    public Polynomial Body { get; }

    public override string Print(Func<Index, string> nameOf) => "max " + nameOf(Index) + "<" + Index.Size + " " + Body.Print(nameOf);

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) =>
        algebra.MaxOver(Index, Body.Reindex(algebra, index => index == Index ? null : place(index)));
}

/// <summary>A whole normal form under a power that cannot be multiplied out: a denominator, a root.</summary>
internal sealed class GroupAtom : Atom
{
    public GroupAtom(Polynomial body)
        : base(body.Indices, body.Height, body.Length) => Body = body;

    public Polynomial Body { get; }

    public override string Print(Func<Index, string> nameOf) => Body.Print(nameOf);

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place) => Body.Reindex(algebra, place);
}
