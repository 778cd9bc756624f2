using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>
/// Canonical names for the bound indices of a product, so that products that differ by renaming become the same:
/// colour refinement, then a search over the indices that stay tied (as in graph canonicalization; McKay, Practical Graph
/// Isomorphism, 1981). Any outcome is a correct renaming; when the search is cut short only completeness is lost.
/// </summary>
internal sealed class BoundIndices
{
    private const int MostLeaves = 200;

    private readonly ImmutableArray<Index> bound;
    private readonly ImmutableArray<Factor> factors;
    private readonly Algebra algebra;
    private readonly int height;
    private ImmutableArray<Index> bestOrder;
    private string? bestKey;
    private int leaves;

    private BoundIndices(ImmutableArray<Index> bound, ImmutableArray<Factor> factors, Algebra algebra)
    {
        this.bound = bound;
        this.factors = factors;
        this.algebra = algebra;
        height = factors.Max(factor => factor.Atom.Height) + 1;
    }

    /// <summary>The order in which the bound indices are to be named.</summary>
    public static Func<Index, AffineIndex?> Canonical(ImmutableArray<Index> bound, ImmutableArray<Factor> factors, Algebra algebra)
    {
        var search = new BoundIndices(bound, factors, algebra);
        if (bound.Length > 1)
        {
            search.Search(search.Refine(bound.ToDictionary(index => index, index => index.Size.ToString())));
        }
        else
        {
            search.bestOrder = bound;
        }

        var names = search.Names(search.bestOrder);
        return index => names.TryGetValue(index, out var name) ? (AffineIndex)name : null;
    }

    private Dictionary<Index, Index> Names(IEnumerable<Index> order) => order
        .Select((index, k) => (index, name: index with { Name = "$" + height + "." + k }))
        .ToDictionary(pair => pair.index, pair => pair.name);

    private void Search(Dictionary<Index, string> colours)
    {
        algebra.Steps.Take(bound.Length);
        var tied = colours.GroupBy(pair => pair.Value).OrderBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (tied is null)
        {
            Visit(colours.OrderBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => pair.Key).ToImmutableArray());
            return;
        }

        var tried = new List<Index>();
        foreach (var candidate in tied.Select(pair => pair.Key))
        {
            // Where exchanging two indices changes nothing, both lead to the same result.
            if (leaves < MostLeaves && !tried.Any(other => Exchangeable(candidate, other)))
            {
                tried.Add(candidate);
                Search(Refine(new Dictionary<Index, string>(colours) { [candidate] = colours[candidate] + "!" }));
            }
        }
    }

    private void Visit(ImmutableArray<Index> order)
    {
        leaves++;
        var names = Names(order);
        var key = PrintFactors(index => names.TryGetValue(index, out var name) ? name.Name : Anonymous(index));
        if (bestKey is null || string.CompareOrdinal(key, bestKey) < 0)
        {
            (bestKey, bestOrder) = (key, order);
        }
    }

    private bool Exchangeable(Index a, Index b) =>
        PrintFactors(index => index.Name) == PrintFactors(index => index == a ? b.Name : index == b ? a.Name : index.Name);

    private string PrintFactors(Func<Index, string> nameOf) =>
        string.Join("·", factors.Select(factor => factor.Print(nameOf)).OrderBy(part => part, StringComparer.Ordinal));

    /// <summary>Splits colours until no index can be told from another of its colour by the factors it occurs in.</summary>
    private Dictionary<Index, string> Refine(Dictionary<Index, string> colours)
    {
        for (var classes = 0; classes < colours.Values.Distinct().Count();)
        {
            classes = colours.Values.Distinct().Count();
            var signatures = bound.ToDictionary(index => index, index => colours[index] + "|" + Signature(index, colours));
            var ranks = signatures.Values.Distinct().OrderBy(text => text, StringComparer.Ordinal).Select((text, rank) => (text, rank))
                .ToDictionary(pair => pair.text, pair => pair.rank.ToString("D4"));
            colours = signatures.ToDictionary(pair => pair.Key, pair => ranks[pair.Value]);
        }

        return colours;
    }

    private string Signature(Index index, Dictionary<Index, string> colours) => string.Join("·", factors
        .Where(factor => factor.Atom.Indices.Contains(index))
        .Select(factor => factor.Print(other => other == index ? "@" : colours.TryGetValue(other, out var colour) ? "#" + colour : Anonymous(other)))
        .OrderBy(part => part, StringComparer.Ordinal));

    /// <summary>Indices bound further in have names that may depend on the names out here; only that they are bound counts.</summary>
    private string Anonymous(Index index) =>
        index.Name[0] == '$' && int.Parse(index.Name.Substring(1, index.Name.IndexOf('.') - 1)) < height ? "$" : index.Name;
}
