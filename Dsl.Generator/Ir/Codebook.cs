namespace LayerDsl.Generator.Ir;

/// <summary>To which of two equally near levels a number belongs.</summary>
internal enum Ties
{
    /// <summary>To the lower one.</summary>
    Lower,

    /// <summary>To the one with an even number.</summary>
    Even,
}

/// <summary>
/// An ascending list of levels: the table of <see cref="Function.NearestLevel"/> and <see cref="Function.LevelAt"/>, which take it as their second
/// argument. It is no number itself. Proofs do not look into it: equal numbers have equal levels.
/// </summary>
internal sealed class Codebook : Expr
{
    private readonly double[] midpoints;

    public Codebook(string name, EquatableArray<Rational> levels, Ties ties)
        : base(Mix(Mix(601, levels.GetHashCode()), (int)ties), NoIndices)
    {
        Name = name;
        Levels = levels;
        Ties = ties;
        Midpoints = levels.Zip(levels.Skip(1), (low, high) => (low + high) / 2).ToEquatableArray();
        midpoints = [.. Midpoints.Select(middle => middle.ToDouble())];
        if (levels.Count == 0 || levels.Zip(levels.Skip(1), (low, high) => low < high).Contains(false))
        {
            throw new ShapeException($"The levels of {name} do not ascend.");
        }
    }

    /// <summary>What formulas call it.</summary>
    public string Name { get; }

    public EquatableArray<Rational> Levels { get; }

    public Ties Ties { get; }

    /// <summary>Number k lies between level k and level k + 1.</summary>
    public EquatableArray<Rational> Midpoints { get; }

    public int Last => Levels.Count - 1;

    /// <summary>Name and content in words: equal texts are equal codebooks.</summary>
    public string Text => field ??= Name + (Ties == Ties.Even ? " even {" : " lower {") + string.Join(" ", Levels) + "}";

    /// <summary>Whether a number at midpoint k belongs to level k + 1.</summary>
    public bool Rises(int k) => Ties == Ties.Even && k % 2 != 0;

    /// <summary>The number of the level nearest to an exact number.</summary>
    public int Nearest(Rational x) => Midpoints.Select((middle, k) => Rises(k) ? x >= middle : x > middle).Count(isAbove => isAbove);

    /// <summary>The number of the level nearest to a double, midpoints rounded to doubles.</summary>
    public int Nearest(double x) => midpoints.Select((middle, k) => Rises(k) ? x >= middle : x > middle).Count(isAbove => isAbove);

    /// <summary>The level of a number: rounded down, and the first or last one where there is none.</summary>
    public Rational At(Rational number) => Levels[Enumerable.Range(1, Last).Count(k => number >= k)];

    /// <inheritdoc cref="At(Rational)"/>
    public Rational At(double number) => Levels[Enumerable.Range(1, Last).Count(k => number >= k)];

    private protected override bool SameAs(Expr other) => other is Codebook book && Levels == book.Levels && Ties == book.Ties && Name == book.Name;
}
