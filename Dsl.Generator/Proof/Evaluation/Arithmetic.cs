using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>The numbers that an expression is evaluated in: intervals of reals, elements of a prime field, dual numbers.</summary>
internal abstract class Arithmetic<T>
{
    public abstract T Number(Rational value);

    public abstract T Add(T a, T b);

    public abstract T Multiply(T a, T b);

    /// <summary>A pointwise function other than addition and multiplication.</summary>
    public abstract T Apply(Function function, T[] x);

    /// <summary>The number of the level of a codebook nearest to a value.</summary>
    public abstract T Nearest(Codebook levels, T x);

    /// <summary>The level of a codebook at a number.</summary>
    public abstract T At(Codebook levels, T number);

    /// <summary>The largest of the values.</summary>
    public abstract T Largest(IReadOnlyList<T> values);

    /// <summary>How well a number serves as a divisor: the larger the better, 0 where it may be zero, less where it certainly is.</summary>
    public abstract double Pivot(T x);

    /// <summary>What stands for a value that there is not, or that cannot be told.</summary>
    public virtual T WithoutValue(string reason, bool isCertain) => throw new UndefinedValueException(reason, isCertain);
}

/// <summary>The point lies where the expression has no value, or where the arithmetic cannot tell the value: choose another.</summary>
internal sealed class UndefinedValueException : Exception
{
    public UndefinedValueException(string message, bool isCertain = false)
        : base(message) => IsCertain = isCertain;

    /// <summary>Whether there is no value, rather than one that the arithmetic cannot tell.</summary>
    public bool IsCertain { get; }
}
