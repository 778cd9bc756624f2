using System.Globalization;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>Names, sizes, places and expressions in the kernels of a layer.</summary>
internal sealed class KernelText(LayerForms forms)
{
    private readonly List<Codebook> tables = [];

    /// <summary>The lists of levels that the expressions look up.</summary>
    public IReadOnlyList<Codebook> Tables => tables;

    /// <summary>A value as a variable of a kernel.</summary>
    public static string Local(Value value) => value.Name is "i" or "k" or "row" or "start" or "shared" or "rows" or "soFar" || value.Name.StartsWith("at", StringComparison.Ordinal) || value.Name.StartsWith("along", StringComparison.Ordinal) ? value.Name + "Value" : value.Name;

    /// <summary>The argument of a kernel that holds a value.</summary>
    public static string Parameter(Value value) => value.Name + "Values";

    /// <summary>Whether a value has rows for each row of the batch.</summary>
    public bool IsPerRow(IEnumerable<Index> axes) => axes.Contains(forms.OutputAxes[0]);

    /// <summary>How many values the axes span, without the batch.</summary>
    public long Size(IEnumerable<Index> axes) => axes.Where(axis => axis != forms.OutputAxes[0]).Aggregate(1L, (product, axis) => product * forms.Evaluate(axis.Size));

    /// <summary>The number that a size is.</summary>
    public long Value(Size size) => forms.Evaluate(size);

    /// <summary>How many values the axes span, as a factor or sum of factors.</summary>
    public string Count(IReadOnlyCollection<Index> axes) => !IsPerRow(axes) ? Number(Size(axes)) : Size(axes) == 1 ? "rows" : "rows * " + Number(Size(axes));

    /// <summary>The place of a value among its own axes, from the variables of the axes of a loop.</summary>
    /// <param name="axes">The axes of the value, from the front.</param>
    /// <param name="variables">The variable of each axis.</param>
    public string Place(IReadOnlyList<Index> axes, IReadOnlyDictionary<Index, string> variables)
    {
        var terms = axes.Select((axis, k) => (Variable: variables[axis], Stride: Size(axes.Skip(k + 1)))).Where(term => term.Variable != "0")
            .Select(term => term.Stride == 1 ? term.Variable : $"({term.Variable} * {Number(term.Stride)})").ToArray();
        var text = terms.Length == 0 ? "0" : string.Join(" + ", terms);
        return terms.Length == 1 && text.StartsWith("(", StringComparison.Ordinal) ? text.Substring(1, text.Length - 2) : text;
    }

    /// <summary>Takes the number of a thread apart into the variables of axes.</summary>
    public IEnumerable<string> Apart(IReadOnlyList<Index> axes, IReadOnlyDictionary<Index, string> variables)
    {
        var left = "i";
        for (var k = 0; k < axes.Count; k++)
        {
            var stride = Size(axes.Skip(k + 1));
            if (variables[axes[k]] == "0")
            {
                continue;
            }

            if (stride == 1)
            {
                yield return $"var {variables[axes[k]]} = {left};";
                continue;
            }

            yield return $"var {variables[axes[k]]} = {left} / {Number(stride)};";
            if (k + 1 < axes.Count)
            {
                yield return $"var {variables[axes[k]]}Rest = {left} - ({variables[axes[k]]} * {Number(stride)});";
                left = variables[axes[k]] + "Rest";
            }
        }
    }

    /// <summary>The variables of axes that a thread's number is taken apart into; 0 for an axis with one place.</summary>
    public Dictionary<Index, string> Variables(IReadOnlyList<Index> axes) =>
        axes.Select((axis, k) => (axis, k)).ToDictionary(pair => pair.axis, pair => Count([pair.axis]) == "1" ? "0" : "at" + Number(pair.k));

    /// <summary>The variables of loops over axes.</summary>
    public static Dictionary<Index, string> Loops(IReadOnlyList<Index> axes) =>
        axes.Select((axis, k) => (axis, k)).ToDictionary(pair => pair.axis, pair => "along" + Number(pair.k));

    /// <summary>Whether a chain depends on the size of the batch.</summary>
    public bool TakesRows(Pointwise body) => TorchProgramWriter.Constant(body, forms.SizeText) is null && body switch
    {
        Pointwise.Extent => true,
        Pointwise.Apply apply => apply.Arguments.Any(TakesRows),
        _ => false,
    };

    /// <summary>A step as a variable.</summary>
    public string Line(Statement.Compute step) => $"var {Local(step.Result)} = {Text(step.Body)};";

    /// <summary>A chain as an expression of variables.</summary>
    public string Text(Pointwise body) => Write(body).Text;

    private (string Text, int Precedence) Write(Pointwise body) => TorchProgramWriter.Constant(body, forms.SizeText) is { } number
        ? DeviceFunctions.Number(number)
        : body switch
        {
            Pointwise.Read read => (Local(read.Source), TorchFunctions.Primary),
            Pointwise.Extent extent => ("rows * " + Number(forms.Evaluate(extent.Size)) + "f", TorchFunctions.Multiplicative),
            Pointwise.Apply { Function: Function.NearestLevel or Function.LevelAt } lookup => (Lookup(lookup), TorchFunctions.Primary),
            Pointwise.Apply apply => DeviceFunctions.Write(apply.Function, apply.Arguments.Select(Write).ToArray()),
            _ => throw new ShapeException("A pointwise form without a text in kernels: " + body.GetType().Name),
        };

    /// <summary>Whether a kernel is told how many rows the batch has.</summary>
    public bool TakesRows(DeviceStep step) => step switch
    {
        DeviceStep.Points points => points.Computed.Any(compute => TakesRows(compute.Body)),
        DeviceStep.Reduce reduce => IsPerRow(reduce.Fold.Over) || TakesRows(reduce.Fold.Body),
        _ => false,
    };

    private string Lookup(Pointwise.Apply lookup)
    {
        var levels = ((Pointwise.Table)lookup.Arguments[1]).Levels;
        if (!tables.Contains(levels))
        {
            tables.Add(levels);
        }

        return (lookup.Function == Function.NearestLevel ? LevelsWriter.NearestName(levels) : LevelsWriter.LevelName(levels)) + "(" + Text(lookup.Arguments[0]) + ")";
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
