using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Sizes and exact tensor elements. Elements come from a noise until they are set; outside its axes a tensor holds noise as well.</summary>
internal sealed class Point
{
    private readonly IReadOnlyDictionary<string, long> sizes;
    private readonly string seed;
    private readonly Dictionary<(string Tensor, string Place), Rational> elements = [];

    public Point(IReadOnlyDictionary<string, long> sizes, string seed)
    {
        this.sizes = sizes;
        this.seed = seed;
    }

    public IReadOnlyDictionary<string, long> Sizes => sizes;

    public long SizeOf(string symbol) => sizes[symbol];

    public Rational this[Tensor tensor, IReadOnlyList<long> place]
    {
        get => elements.TryGetValue(KeyOf(tensor, place), out var value) ? value : elements[KeyOf(tensor, place)] = Draw(tensor, place);
        set => elements[KeyOf(tensor, place)] = value;
    }

    public bool IsOutside(Tensor tensor, IReadOnlyList<long> place) =>
        place.Where((k, axis) => k < 0 || k >= tensor.Axes[axis].Size.Evaluate(SizeOf)).Any();

    /// <summary>All places inside the tensor, the last axis fastest.</summary>
    public IEnumerable<long[]> PlacesOf(Tensor tensor) => Places(tensor.Axes.Select(axis => axis.Size.Evaluate(SizeOf)).ToArray());

    public static IEnumerable<long[]> Places(IReadOnlyList<long> sizes)
    {
        IEnumerable<long[]> all = [[]];
        foreach (var size in sizes)
        {
            all = all.SelectMany(place => Enumerable.Range(0, (int)size).Select(k => place.Append(k).ToArray()));
        }

        return all;
    }

    /// <summary>The tensor as nested lists: <c>[[1,0],[2,1]]</c>.</summary>
    public string Print(Tensor tensor) => Print(tensor, []);

    private string Print(Tensor tensor, IReadOnlyList<long> place) => place.Count == tensor.Axes.Count
        ? this[tensor, place].ToString()
        : "[" + string.Join(",", Enumerable.Range(0, (int)tensor.Axes[place.Count].Size.Evaluate(SizeOf)).Select(k => Print(tensor, [.. place, k]))) + "]";

    /// <summary>Small integers, quarters or larger integers, one kind per seed; half of them zero for one seed in five.</summary>
    private Rational Draw(Tensor tensor, IReadOnlyList<long> place)
    {
        var noise = Noise.Of(seed + "/" + KeyOf(tensor, place));
        if (tensor.HasOrthonormalRows)
        {
            return Orthonormal.Element(tensor, place, SizeOf, k => 1 + (long)(Noise.Of(seed + "/" + tensor.Name + "/" + k) % 3));
        }

        if (tensor.Entries is { } entries)
        {
            return (long)(noise % (ulong)Math.Max(1, entries.Evaluate(SizeOf)));
        }

        if (tensor.Domain == Domain.Mask)
        {
            return (long)(noise % 2);
        }

        var magnitude = (long)(noise % 5) + 1;
        var sign = tensor.Domain == Domain.Positive || (noise >> 8) % 2 == 0 ? 1 : -1;
        return (Noise.Of(seed) % 5) switch
        {
            4 when tensor.Domain == Domain.Real => (noise >> 24) % 2 == 0 ? 0 : sign * magnitude,
            0 => sign * magnitude,
            1 => new Rational(sign * ((2 * magnitude) - 1), 4),
            2 => new Rational(sign * (((long)(noise >> 16) % 40 & 63) + 1), 2),
            _ => new Rational(sign * magnitude, 8),
        };
    }

    private static (string Tensor, string Place) KeyOf(Tensor tensor, IReadOnlyList<long> place) => (tensor.Name, string.Join(",", place));
}
