namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Small values for the size symbols: all one, one of them two, all two, different ones, then one of them large.</summary>
internal static class SmallShapes
{
    /// <summary>How many sizes are two in each of <see cref="Triples"/>.</summary>
    private const int BlockSize = 5;

    public static IEnumerable<IReadOnlyDictionary<string, long>> Of(Vocabulary vocabulary)
    {
        var symbols = vocabulary.Symbols;
        return Fitting(vocabulary, [
            _ => 1,
            .. symbols.Select((_, twice) => (Func<int, long>)(k => k == twice ? 2 : 1)),
            _ => 2,
            k => 2 + (k % 2),
            k => 3 - (k % 2),
            k => 4 + (k % 3),
            .. symbols.Select((_, large) => (Func<int, long>)(k => k == large ? 4 : 2))])
            .Take(symbols.Count == 0 ? 1 : int.MaxValue);
    }

    /// <summary>Two of them two, all others one: what shows only where two sizes are more than one, as the order of two axes, shows here at little cost.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, long>> Pairs(Vocabulary vocabulary) => Fitting(
        vocabulary,
        vocabulary.Symbols.SelectMany((_, first) => Enumerable.Range(0, first).Select(second => (Func<int, long>)(k => k == first || k == second ? 2 : 1))));

    /// <summary>
    /// Some of them two, all others one, so that any three are two together at least once: what is wrong about one axis, or about how two or three
    /// of them meet, shows in one of these. All of them two would cost too much where there are many.
    /// </summary>
    public static IEnumerable<IReadOnlyDictionary<string, long>> Triples(Vocabulary vocabulary)
    {
        var count = vocabulary.Symbols.Count;
        var blocks = Subsets(count, Math.Min(count, BlockSize)).Select(block => (Block: block, Triples: TriplesIn(block, count).ToArray())).ToArray();
        var missing = new HashSet<int>(Subsets(count, Math.Min(count, 3)));
        var chosen = new List<int>();
        while (missing.Count > 0)
        {
            var best = blocks.OrderByDescending(block => block.Triples.Count(missing.Contains)).First();
            missing.ExceptWith(best.Triples.DefaultIfEmpty(best.Block));
            chosen.Add(best.Block);
        }

        return Fitting(vocabulary, chosen.Select(block => (Func<int, long>)(k => (block >> k) % 2 == 0 ? 1 : 2)));
    }

    /// <summary>The subsets of 0, 1, … of a size, as bits.</summary>
    private static IEnumerable<int> Subsets(int count, int size) => size == 0 ? [0]
        : Enumerable.Range(0, count).SelectMany(largest => Subsets(largest, size - 1).Select(rest => rest | (1 << largest)));

    private static IEnumerable<int> TriplesIn(int block, int count)
    {
        var members = Enumerable.Range(0, count).Where(k => (block >> k) % 2 == 1).ToArray();
        return from a in members from b in members from c in members where a < b && b < c select (1 << a) | (1 << b) | (1 << c);
    }

    private static IEnumerable<IReadOnlyDictionary<string, long>> Fitting(Vocabulary vocabulary, IEnumerable<Func<int, long>> choices)
    {
        var symbols = vocabulary.Symbols;
        return choices
            .Select(choice => (IReadOnlyDictionary<string, long>)symbols
                .Select((symbol, k) => (symbol, size: choice(k)))
                .ToDictionary(pair => pair.symbol, pair => pair.size))
            .Where(shape => vocabulary.Fits(symbol => shape[symbol]));
    }
}
