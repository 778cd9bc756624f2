using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes <c>VerifyFold</c>: the steps of forward once more, on values that carry a bound of their error.</summary>
internal static class VerificationWriter
{
    private static readonly char[] Digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

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
        var taken = new NameScope(["x", "folded", "verification", "sample", .. layers.Select(layer => layer.Field)]);
        string NameOf(int value) => value < 0 ? "x" : names[value];
        foreach (var step in program.Steps)
        {
            names.Add(taken.Variable(step is ForwardStep.Layer layer ? layer.Name : NameOf(step.Reads.First()).TrimEnd(Digits)));
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
            case ForwardStep.Pool pool:
                return $"{nameOf(pool.Argument)}.{pool.Kind}Pool({pool.KernelSize}, {pool.Stride}, {pool.Padding})";
            case ForwardStep.GlobalAverage average:
                return $"{nameOf(average.Argument)}.GlobalAverage()";
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

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
