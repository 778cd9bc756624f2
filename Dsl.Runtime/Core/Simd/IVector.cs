namespace LayerDsl.Simd;

/// <summary>
/// A vector of float32 numbers of one width. A loop written once over it runs at every width that hardware has, and a number at
/// a time; which one is chosen when the loop is started (<see cref="RowLoop"/>).
/// </summary>
/// <typeparam name="TSelf">The vector itself.</typeparam>
#pragma warning disable CA1000 // Static members are what the loops call; they are never written with a type argument.
public interface IVector<TSelf>
    where TSelf : struct, IVector<TSelf>
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    /// <summary>The sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The quotient, correctly rounded.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>The negative.</summary>
    static abstract TSelf operator -(TSelf x);

    /// <summary>The same number everywhere.</summary>
    static abstract TSelf Of(float value);

    /// <summary>The numbers of a row from a place on; beyond its end they are 0.</summary>
    /// <param name="row">The row.</param>
    /// <param name="i">At least 0, less than the row's length.</param>
    static abstract TSelf Load(ReadOnlySpan<float> row, int i);

    /// <summary>Writes into a row from a place on; what lies beyond its end is dropped.</summary>
    /// <param name="row">The row.</param>
    /// <param name="i">At least 0, less than the row's length.</param>
    void Store(Span<float> row, int i);

    /// <summary>The sum of the numbers, by halves.</summary>
    float Sum();

    /// <summary>The largest number; NaN where one is.</summary>
    float Largest();

    /// <summary>The first number.</summary>
    float First();

    /// <summary>The first numbers, and another in the place of the rest.</summary>
    static abstract TSelf KeepFirst(TSelf x, int count, float otherwise);

    /// <summary>x · y + z, with one rounding where hardware has it.</summary>
    static abstract TSelf MultiplyAdd(TSelf x, TSelf y, TSelf z);

    /// <summary>The magnitude.</summary>
    static abstract TSelf Abs(TSelf x);

    /// <summary>The square root, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf x);

    /// <summary>The nearest whole number; of two, the even one.</summary>
    static abstract TSelf Round(TSelf x);

    /// <summary>The whole number below.</summary>
    static abstract TSelf Floor(TSelf x);

    /// <summary>The larger; NaN where one is NaN.</summary>
    static abstract TSelf Max(TSelf x, TSelf y);

    /// <summary>The smaller; NaN where one is NaN.</summary>
    static abstract TSelf Min(TSelf x, TSelf y);

    /// <summary>1 where x ≥ y, else 0; NaN compares as 0.</summary>
    static abstract TSelf AtLeast(TSelf x, TSelf y);

    /// <summary>1 where x &gt; y, else 0; NaN compares as 0.</summary>
    static abstract TSelf Above(TSelf x, TSelf y);

    /// <summary>The third where x &lt; y, else the fourth.</summary>
    static abstract TSelf IfLess(TSelf x, TSelf y, TSelf then, TSelf otherwise);

    /// <summary>The second where the first is not 0, else the third.</summary>
    static abstract TSelf Select(TSelf condition, TSelf then, TSelf otherwise);

    /// <summary>2ⁿ for whole n from -126 to 127.</summary>
    static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary>The whole n with x · 2⁻ⁿ in [√½, √2), for normal x &gt; 0.</summary>
    static abstract TSelf Exponent(TSelf x);

    /// <summary>x · 2⁻ⁿ in [√½, √2), for normal x &gt; 0.</summary>
    static abstract TSelf Significand(TSelf x);
}
#pragma warning restore CA1000
