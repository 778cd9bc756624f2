namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Small values for the size symbols: all one, one of them two, all two, different ones, then one of them large.</summary>
internal static class SmallShapes
{
    public static IEnumerable<IReadOnlyDictionary<string, long>> Of(Vocabulary vocabulary)
    {
        var symbols = vocabulary.Symbols;
        IEnumerable<Func<int, long>> choices = [
            _ => 1,
            .. symbols.Select((_, twice) => (Func<int, long>)(k => k == twice ? 2 : 1)),
            _ => 2,
            k => 2 + (k % 2),
            k => 3 - (k % 2),
            k => 4 + (k % 3),
            .. symbols.Select((_, large) => (Func<int, long>)(k => k == large ? 4 : 2))];
        return choices
            .Select(choice => (IReadOnlyDictionary<string, long>)symbols
                .Select((symbol, k) => (symbol, size: choice(k)))
                .ToDictionary(pair => pair.symbol, pair => pair.size))
            .Where(shape => vocabulary.Fits(symbol => shape[symbol]))
            .Take(symbols.Count == 0 ? 1 : int.MaxValue);
    }
}
