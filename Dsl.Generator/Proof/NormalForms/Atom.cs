using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>What a monomial multiplies: something that is not itself a sum or product of simpler things.</summary>
internal abstract record Atom
{
    private Atom()
    {
    }

    /// <summary>A tensor read at a place.</summary>
    public sealed record Entry(Tensor Tensor, EquatableArray<AffineIndex> At) : Atom;

    /// <summary>1 where the place lies inside, else 0.</summary>
    public sealed record Inside(AffineIndex At, Size Size) : Atom;

    /// <summary>A size symbol used as a number.</summary>
    public sealed record Extent(string Symbol) : Atom;

    /// <summary>A function of normal forms: equal where the functions and the normal forms are (congruence).</summary>
    public sealed record Call(Function Function, EquatableArray<Polynomial> Arguments) : Atom;

    /// <summary>A sum as one factor, which only occurs with a negative exponent.</summary>
    public sealed record Whole(Polynomial Sum) : Atom;

    /// <summary>The largest value over an index.</summary>
    public sealed record Largest(Index Over, Polynomial Body) : Atom;

    /// <summary>Whether the atom is 0 or 1, so that its powers are itself.</summary>
    public bool IsIdempotent => this is Inside or Entry { Tensor.Domain: Domain.Mask } or Call { Function: Function.Greater or Function.GreaterOrEqual };

    /// <summary>Reads the atom elsewhere.</summary>
    public Atom Rename(Func<Index, AffineIndex?> to) => this switch
    {
        Entry entry => new Entry(entry.Tensor, entry.At.Select(at => at.Substitute(to)).ToEquatableArray()),
        Inside inside => new Inside(inside.At.Substitute(to), inside.Size),
        Call call => new Call(call.Function, call.Arguments.Select(argument => argument.Rename(to)).ToEquatableArray()),
        Whole whole => new Whole(whole.Sum.Rename(to)),
        Largest largest => new Largest(largest.Over, largest.Body.Rename(to)),
        _ => this,
    };

    /// <summary>The indices that the atom mentions.</summary>
    public IEnumerable<Index> Indices => this switch
    {
        Entry entry => entry.At.SelectMany(at => at.Terms).Select(term => term.Index),
        Inside inside => inside.At.Terms.Select(term => term.Index),
        Call call => call.Arguments.SelectMany(argument => argument.Indices),
        Whole whole => whole.Sum.Indices,
        Largest largest => largest.Body.Indices.Where(index => index != largest.Over),
        _ => [],
    };
}
