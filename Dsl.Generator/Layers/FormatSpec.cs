using System.Globalization;

namespace LayerDsl.Generator.Layers;

/// <summary>How the codes of a folded layer stand for weights: what the runtime's format is made from.</summary>
/// <param name="GroupSize">How many neighbouring weights of a row share a scale; 0 if all weights of the layer do.</param>
/// <param name="Levels">The level of every code from the lowest, in units of the scale.</param>
/// <param name="Rank">The rank of a low-rank term beside the codes; 0 for none.</param>
internal sealed record FormatSpec(string Scheme, int Bits, int GroupSize, bool HasZeroPoints, EquatableArray<double> Levels, int Rank, double BranchScale)
{
    /// <summary>How many binary planes a code has, each with a scale of its own; 0 where codes are numbers of levels.</summary>
    public int Planes { get; init; }

    /// <summary>The group size in generated code, where it is one that the constructor takes; null where it is a number.</summary>
    public string? GroupText { get; init; }

    /// <summary>The expression that makes the format in generated code.</summary>
    public string Text => $"new QuantizedFormat(\"{Scheme}\", Bits: {Bits}, GroupSize: {GroupText ?? GroupSize.ToString(CultureInfo.InvariantCulture)}, HasZeroPoints: {(HasZeroPoints ? "true" : "false")}, Levels: {LevelsText}"
        + (Rank > 0 ? $", Rank: {Rank}, BranchScale: {Number(BranchScale)}" : string.Empty)
        + (Planes > 0 ? $", Planes: {Planes})" : ")");

    /// <summary>The format in the signature of a model.</summary>
    public string Signature => $"{Scheme} {Bits} bits, groups of {GroupText ?? GroupSize.ToString(CultureInfo.InvariantCulture)}" + (HasZeroPoints ? ", zero points" : string.Empty) + (Rank > 0 ? $", rank {Rank} times {Number(BranchScale)}" : string.Empty);

    /// <summary>Consecutive whole numbers are said shortly, others are listed.</summary>
    private string LevelsText => Levels.Count == 0 ? "EquatableList.Create<float>([])" : Levels.Select((level, k) => level - Levels[0] == k).All(isNext => isNext) && Levels[0] == Math.Floor(Levels[0])
        ? $"QuantizedFormat.Steps({Number(Levels[0])}, {Levels.Count})"
        : $"EquatableList.Create<float>([{string.Join(", ", Levels.Select(Number))}])";

    private static string Number(double value) => ((float)value).ToString("R", CultureInfo.InvariantCulture) + "f";
}
