using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit.Managed;

/// <summary>
/// What a folded model has in addition where the model's constructor takes sizes: they are arguments of its constructor, are saved beside the weights, and the places in
/// its arena are found when it is made.
/// </summary>
internal sealed class FoldedSizes
{
    private readonly EquatableArray<SizeParameter> parameters;
    private readonly Dictionary<string, string> fields;
    private readonly HashSet<string> used = [];

    public FoldedSizes(EquatableArray<SizeParameter> parameters, NameScope names)
    {
        this.parameters = parameters;
        fields = parameters.ToDictionary(parameter => parameter.Name, parameter => names.Variable(parameter.Name));
        Plan = names.Variable("plan");
        (Path, File, Model) = parameters.Count == 0 ? ("path", "file", "model") : (names.Variable("path"), names.Variable("file"), names.Variable("model"));
    }

    /// <summary>Whether there are any.</summary>
    public bool Any => parameters.Count > 0;

    /// <summary>The field that holds the places in the arena.</summary>
    public string Plan { get; }

    /// <summary>A parameter of <c>Load</c>.</summary>
    public string Path { get; }

    /// <summary>A local of <c>Load</c>.</summary>
    public string File { get; }

    /// <inheritdoc cref="File"/>
    public string Model { get; }

    /// <summary>The sizes as parameters, each followed by a comma.</summary>
    public string Declared => string.Concat(parameters.Select(parameter => "int " + parameter.Identifier + ", "));

    /// <summary>The last argument of the base class's constructor.</summary>
    public string BaseArgument => Any ? ", [" + string.Join(", ", parameters.Select(parameter => $"new ModelSize(\"{parameter.Name}\", {parameter.Identifier})")) + "]" : string.Empty;

    /// <summary>The arguments of a format that depends on the sizes.</summary>
    public string Arguments => string.Join(", ", parameters.Select(parameter => parameter.Identifier));

    /// <summary>A number of values in the constructor, from its parameters.</summary>
    public static string Checked(Size size) => SizeCode.IsOne(size) ? SizeCode.Of(size) : $"LayerSizes.Total(Name, {LayerText.Quote(SizeCode.Of(size))}, {SizeCode.Exact(size)})";

    /// <summary>A size in <c>Run</c>, as a factor.</summary>
    public string InRun(Size size) => SizeCode.Factor(size, Field);

    /// <summary>The fields that <c>Run</c> reads, once that has been written.</summary>
    public IEnumerable<string> Fields => parameters.Where(parameter => used.Contains(parameter.Name)).Select(parameter => $"private readonly int {fields[parameter.Name]};");

    /// <summary>What the constructor does before it looks at the layers.</summary>
    public IEnumerable<string> Statements(ForwardProgram program, BufferPlan plan) =>
    [
        .. program.Equations.Select(EquationText.Check),
        .. parameters.Where(parameter => used.Contains(parameter.Name)).Select(parameter => $"this.{fields[parameter.Name]} = {parameter.Identifier};"),
        .. HasPlan(plan)
            ? plan.Spans.Select((span, k) => $"{Lead(k)}new ArenaLife(First: {Number(span.Step)}, Last: {Number(span.Last)}, Length: {Checked(span.Length)}){(k == plan.Spans.Count - 1 ? "]);" : ",")}")
            : [],
    ];

    public bool HasPlan(BufferPlan plan) => Any && plan.Spans.Count > 0;

    /// <summary>The sizes as locals of <c>Load</c>.</summary>
    public IEnumerable<string> Read => parameters.Select(parameter => $"var {parameter.Identifier} = {File}.ReadSize(\"{parameter.Name}\");");

    private string Lead(int k) => k == 0 ? $"this.{Plan} = ArenaPlan.Of(Name, [" : "    ";

    private string Field(string parameter)
    {
        _ = used.Add(parameter);
        return fields[parameter];
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
