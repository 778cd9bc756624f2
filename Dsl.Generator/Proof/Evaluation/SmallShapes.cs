namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Small values for the size symbols: all one, one of them two, all two, different ones, then one of them large.</summary>
internal static class SmallShapes
{
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
