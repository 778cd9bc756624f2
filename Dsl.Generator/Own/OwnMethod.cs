using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Own;

/// <summary>What one parameter of <c>Map</c> is to the weight.</summary>
internal enum OwnRole
{
    /// <summary>A number for each place of the weight.</summary>
    Full,
    PerRow,
    PerColumn,
    PerGroup,
    Scalar,

    /// <summary>A matrix of declared sizes.</summary>
    Shaped,

    /// <summary>A number given where the method is applied.</summary>
    Hyper,

    /// <summary>A size of the weight as a number.</summary>
    Size,
}

/// <summary>A parameter of <c>Map</c>.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Role">What it is to the weight.</param>
/// <param name="Storage">Who trains it; of no meaning to numbers.</param>
/// <param name="Rows">Of a matrix of declared sizes, its rows; of a size, which; of groups, how many inputs one has.</param>
/// <param name="Columns">Of a matrix of declared sizes, its columns; empty for a vector.</param>
/// <param name="Type">Of a number, its C# type.</param>
internal sealed record OwnParameter(string Name, OwnRole Role, TensorRole Storage, string Rows, string Columns, string Type)
{
    /// <summary>Whether it starts as 0, 1, 2, …</summary>
    public bool HasPositions { get; init; }

    /// <summary>Of whole numbers that look up rows, how many rows there are; empty for other parameters.</summary>
    public string Indices { get; init; } = string.Empty;

    /// <summary>What all its numbers start with, where that is declared.</summary>
    public double? Start { get; init; }

    /// <summary>The number that is taken where none is given.</summary>
    public double? Default { get; init; }

    /// <summary>Whether it can start without a weight to start from.</summary>
    public bool StartsAlone => HasPositions || Indices.Length > 0 || Start is not null || Role == OwnRole.Shaped;

    public bool IsStored => Role is not (OwnRole.Hyper or OwnRole.Size);

    /// <summary>How many inputs a group has.</summary>
    public int GroupSize => Role == OwnRole.PerGroup ? int.Parse(Rows, System.Globalization.CultureInfo.InvariantCulture) : 0;
}

/// <summary>One operation of a body; its operands are the results of earlier ones.</summary>
/// <param name="Operator">A key of <see cref="OwnFunctions"/>.</param>
/// <param name="Operands">The numbers of the operations whose results it takes.</param>
/// <param name="Number">The value of a number, or which argument.</param>
/// <param name="Text">The name of a parameter or local variable.</param>
internal readonly record struct OwnStep(string Operator, EquatableArray<int> Operands, double Number, string Text);

/// <summary>The body of a method as a list of operations, calls of helper methods written out.</summary>
/// <param name="Steps">The operations in order.</param>
/// <param name="Results">The numbers of those whose results are returned.</param>
/// <param name="Names">The parameters that the results are values of; empty where the one result is the weight.</param>
internal sealed record OwnBody(EquatableArray<OwnStep> Steps, EquatableArray<int> Results, EquatableArray<string> Names);

/// <summary>A user's reparameterization as it was read, without symbols: equal texts are equal methods.</summary>
/// <param name="Name">The class.</param>
/// <param name="Formula">The body of <c>Map</c> as it was written.</param>
/// <param name="Paper">Where it comes from; may be empty.</param>
/// <param name="IsSquare">Whether the weight must have as many rows as columns.</param>
/// <param name="Parameters">Of <c>Map</c>, in order.</param>
/// <param name="Map">Stored parameters → weight.</param>
internal sealed record OwnMethod(string Name, string Formula, string Paper, bool IsSquare, EquatableArray<OwnParameter> Parameters, OwnBody Map)
{
    /// <summary>Stored parameters → weight, as inference computes it.</summary>
    public OwnBody? Fold { get; init; }

    /// <summary>Weight → parameters that give it.</summary>
    public OwnBody? Inverse { get; init; }

    /// <summary>Random weight → parameters to start with.</summary>
    public OwnBody? Initialize { get; init; }

    /// <summary>The weight's gradient → those of the parameters that are trained.</summary>
    public OwnBody? Gradient { get; init; }

    /// <summary>Parameters and buffers → buffers after a training step.</summary>
    public OwnBody? Update { get; init; }

    /// <summary>The parameters that a layer stores; the first of them is the weight that stands further left.</summary>
    public IEnumerable<OwnParameter> Stored => Parameters.Where(parameter => parameter.IsStored);

    /// <summary>The numbers given where the method is applied.</summary>
    public IEnumerable<OwnParameter> Hyper => Parameters.Where(parameter => parameter.Role == OwnRole.Hyper);

    /// <summary>What divides the outputs or inputs, as in the size <c>out / p</c>; null where nothing does.</summary>
    /// <param name="side"><c>out</c> or <c>in</c>.</param>
    public string? DivisorOf(string side) => SizeReader.DivisorsOf(side, Parameters.Where(parameter => parameter.Role == OwnRole.Shaped).SelectMany(parameter => new[] { parameter.Rows, parameter.Columns })) is { Count: > 0 } divisors ? divisors[0] : null;

    /// <summary>Whether a body reads a matrix at other places than it writes.</summary>
    public bool ReadsElsewhere => new[] { Map, Fold, Inverse, Initialize, Gradient, Update }.OfType<OwnBody>().Any(body => body.Steps.Any(step => step.Operator is "Toeplitz" or "Circulant" or "Kronecker" or "Inverse" or "Identity" or "Gather"));

    /// <summary>Whether a hyper-parameter divides the outputs or inputs.</summary>
    public bool IsDivisor(string name) => DivisorOf("out") == name || DivisorOf("in") == name;

    /// <summary>Whether the method divides the outputs or inputs.</summary>
    public bool HasDivisors => DivisorOf("out") is not null || DivisorOf("in") is not null;

    /// <summary>The symbol of a hyper-parameter that is a size. A divisor is part of the sizes of the whole layer, and has the method in its name.</summary>
    /// <param name="name">The hyper-parameter.</param>
    /// <param name="prefix">What its own sizes start with.</param>
    public string SymbolOf(string name, string prefix) => (IsDivisor(name) ? Name + "_" : prefix) + name;

    /// <summary>A side that the method divides; null where it does not.</summary>
    /// <param name="side"><c>out</c> or <c>in</c>.</param>
    /// <param name="numberOf">The values of the hyper-parameters.</param>
    public SizePart? PartOf(string side, Func<string, double> numberOf) => DivisorOf(side) is not { } text ? null
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? new SizePart(side, text, Size.Of(number), number)
            : new SizePart(side, text, Size.Symbol(SymbolOf(text, string.Empty)), (long)numberOf(text));

    /// <summary>How many neighbouring inputs share a number; 0 where none do.</summary>
    public int Block => Parameters.Select(parameter => parameter.GroupSize).FirstOrDefault(size => size > 0);
}
