using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>Codebooks from lists of doubles, each standing for the shortest decimal that reads back as it.</summary>
internal static class Levels
{
    public static Codebook Of(string name, IEnumerable<double> values, Ties ties) => new(name, values.Select(Rational.FromDouble).ToEquatableArray(), ties);
}
