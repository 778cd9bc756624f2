using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes <c>VerifyFold</c>: the steps of forward once more, on values that carry a bound of their error.</summary>
internal static class VerificationWriter
{
    public static void Write(CodeWriter writer, ForwardProgram program, IReadOnlyList<LayerProperty> layers)
    {
        writer.Line("/// <summary>Compares the training form with the folded form on a sample: every layer, and the whole model.</summary>")
            .Line("/// <param name=\"sample\">Inputs of the model, (n, …).</param>")
            .Line("/// <exception cref=\"FoldMismatchException\">A difference is larger than the certificate's bound.</exception>");
        writer.Block("public FoldReport VerifyFold(Tensor sample)", () =>
        {
            writer.Line("var folded = Fold();").Line("return FoldVerification.Run(this, folded, sample, (verification, x) =>").Line("{");
            writer.Indented(() => Steps(writer, program, layers)).Line("});");
        });
    }

    private static void Steps(CodeWriter writer, ForwardProgram program, IReadOnlyList<LayerProperty> layers)
    {
        var names = new List<string>();
        var taken = new HashSet<string> { "x", "folded", "verification", "sample" };
        string NameOf(int value) => value < 0 ? "x" : names[value];
        foreach (var step in program.Steps)
        {
            names.Add(Fresh(step is ForwardStep.Layer layer ? NamesOf.Variable(layer.Name) : NameOf(step.Reads.First()), taken));
            writer.Line("var " + names[names.Count - 1] + " = " + Right(step, NameOf, layers) + ";");
        }

        writer.Line("return " + NameOf(program.Result) + ";");
    }

    private static string Right(ForwardStep step, Func<int, string> nameOf, IReadOnlyList<LayerProperty> layers)
    {
        switch (step)
        {
            case ForwardStep.Layer layer:
                var position = layers.ToList().FindIndex(candidate => candidate.Layer!.Name == layer.Name);
                return $"verification.Layer({layers[position].Field}, folded.Layers[{position}], {nameOf(layer.Argument)})";
            case ForwardStep.Activate activate:
                return $"{nameOf(activate.Argument)}.{activate.Function}()";
            case ForwardStep.Combine combine:
                return $"{nameOf(combine.Left)}.{combine.Operation}({nameOf(combine.Right)})";
            case ForwardStep.WithNumber { Operation: Arithmetic.Subtract, NumberFirst: true } from:
                return $"{nameOf(from.Argument)}.SubtractFromScalar({Text(from.Number)})";
            case ForwardStep.WithNumber number:
                return $"{nameOf(number.Argument)}.{number.Operation}Scalar({Text(number.Number)})";
            default:
                return $"{nameOf(step.Reads.First())}.Reshape({string.Join(", ", step.Shape)})";
        }
    }

    private static string Fresh(string wanted, HashSet<string> taken)
    {
        var stem = wanted.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var name = stem;
        for (var number = 2; !taken.Add(name); number++)
        {
            name = stem + number.ToString(CultureInfo.InvariantCulture);
        }

        return name;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
