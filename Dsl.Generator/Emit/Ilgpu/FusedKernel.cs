using System.Globalization;
using LayerDsl.Generator.Emit.Managed;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu;

/// <summary>A chain of functions as a static kernel: every argument is loaded once, the result is stored once.</summary>
/// <param name="Step">The step.</param>
/// <param name="Name">The method.</param>
/// <param name="Field">The field that holds its launcher.</param>
/// <param name="Parameters">The arguments' names.</param>
/// <param name="Body">What is computed.</param>
internal sealed record FusedKernel(int Step, string Name, string Field, EquatableArray<string> Parameters, FusedValue Body)
{
    private const string Result = "y";
    private const int Additive = 1;
    private const int Multiplicative = 2;

    /// <summary>Loads of each value; it is stored once.</summary>
    public int Loads => Parameters.Count;

    /// <summary>The formula, with the names of the arguments.</summary>
    public string Formula => Result + " = " + Text(Body, 0, number => Parameters[number]).Replace("DeviceMath.", string.Empty);

    /// <summary>The types of the kernel's parameters.</summary>
    public string ParameterTypes => "Index1D" + string.Concat(Enumerable.Repeat(", ArrayView<float>", Parameters.Count + 1));

    /// <summary>The type of its launcher.</summary>
    public string LauncherType => $"Action<AcceleratorStream, {ParameterTypes}>";

    public static List<FusedKernel> Of(ForwardProgram program, BufferPlan plan, NameScope names)
    {
        var kernels = new List<FusedKernel>();
        for (var step = 0; step < program.Steps.Count; step++)
        {
            if (program.Steps[step] is ForwardStep.Fused fused)
            {
                var field = names.Variable("fused" + NameOf(fused.Body) + "Kernel");
                var own = new NameScope("i", Result);
                var parameters = fused.Arguments.Select(argument => own.Variable(plan.SpanOf(argument) is var span && span == Result ? "before" : span, "Value")).ToEquatableArray();
                kernels.Add(new FusedKernel(step, NamesOf.Pascal(field), field, parameters, fused.Body));
            }
        }

        return kernels;
    }

    public void Write(CodeWriter writer)
    {
        writer.Line($"/// <summary>{Formula.Replace("&", "&amp;").Replace("<", "&lt;")}: {Loads} {(Loads == 1 ? "load" : "loads")} and a store for each value.</summary>");
        writer.Block($"private static void {Name}(Index1D i, {string.Join(", ", Parameters.Append(Result).Select(parameter => "ArrayView<float> " + parameter))})", () =>
        {
            foreach (var parameter in Parameters)
            {
                writer.Line($"var {parameter}Value = {parameter}[i];");
            }

            writer.Line($"{Result}[i] = {Text(Body, 0, number => Parameters[number] + "Value")};");
        });
    }

    /// <summary>What it does, in a word.</summary>
    public static string NameOf(FusedValue body) => body switch
    {
        FusedValue.Activate activate => activate.Function.ToString(),
        FusedValue.Combine { Operation: Arithmetic.Add } => "Sum",
        FusedValue.Combine { Operation: Arithmetic.Subtract } => "Difference",
        FusedValue.Combine => "Product",
        FusedValue.WithNumber { Operation: Arithmetic.Multiply } => "Scaled",
        _ => "Shifted",
    };

    /// <summary>A value as an expression.</summary>
    /// <param name="value">The value.</param>
    /// <param name="around">How tightly the operator around it binds; 0 for none.</param>
    /// <param name="argument">The text of an argument.</param>
    public static string Text(FusedValue value, int around, Func<int, string> argument) => value switch
    {
        FusedValue.Argument read => argument(read.Number),
        FusedValue.Activate activate => $"DeviceMath.{activate.Function}({Text(activate.Operand, 0, argument)})",
        FusedValue.Slope slope => $"DeviceMath.{slope.Function}Slope({Text(slope.Operand, 0, argument)})",
        FusedValue.Combine combine => Binary(combine.Operation, level => Text(combine.Left, level, argument), level => Text(combine.Right, level, argument), around),
        FusedValue.WithNumber { NumberFirst: true } number => Binary(number.Operation, _ => Number(number.Number), level => Text(number.Operand, level, argument), around),
        FusedValue.WithNumber number => Binary(number.Operation, level => Text(number.Operand, level, argument), _ => Number(number.Number), around),
        _ => string.Empty,
    };

    private static string Binary(Arithmetic operation, Func<int, string> left, Func<int, string> right, int around)
    {
        var (sign, own) = operation switch
        {
            Arithmetic.Add => ("+", Additive),
            Arithmetic.Subtract => ("-", Additive),
            _ => ("*", Multiplicative),
        };
        var text = $"{left(own)} {sign} {right(own + 1)}";
        return own < around ? "(" + text + ")" : text;
    }

    private static string Number(double value)
    {
        var text = ((float)value).ToString("R", CultureInfo.InvariantCulture) + "f";
        return value < 0 ? "(" + text + ")" : text;
    }
}
