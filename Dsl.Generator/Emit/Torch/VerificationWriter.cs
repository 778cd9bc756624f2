using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Merging;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes <c>VerifyFold</c>: the steps of forward once more, on values that carry a bound of their error.</summary>
internal static class VerificationWriter
{
    private static readonly char[] Digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

    public static void Write(CodeWriter writer, ForwardProgram program, MergedModel merged, FoldedPlan folded, IReadOnlyList<LayerProperty> layers)
    {
        writer.Line("/// <summary>Compares the training form with the folded form on a sample: every layer, and the whole model.</summary>")
            .Line("/// <param name=\"sample\">Inputs of the model, (n, …).</param>")
            .Line("/// <exception cref=\"FoldMismatchException\">A difference is larger than the certificate's bound.</exception>");
        writer.Block("public FoldReport VerifyFold(Tensor sample)", () =>
        {
            writer.Line("var folded = Fold();").Line("return FoldVerification.Run(this, folded, sample, (verification, x) =>").Line("{");
            writer.Indented(() => Steps(writer, program, new Forms(merged, folded, layers))).Line("});");
        });
    }

    private static void Steps(CodeWriter writer, ForwardProgram program, Forms forms)
    {
        var names = new List<string>();
        var taken = new NameScope(["x", "folded", "verification", "sample", .. forms.Fields]);
        string NameOf(int value) => value < 0 ? "x" : names[value];
        foreach (var step in program.Steps)
        {
            if (step is ForwardStep.Layer first && forms.IsComparedLater(first.Name))
            {
                names.Add(NameOf(first.Argument)); // What the pair reads: nothing else reads the value between its layers.
                continue;
            }

            names.Add(taken.Variable(step is ForwardStep.Layer layer ? layer.Name : NameOf(step.Reads.First()).TrimEnd(Digits)));
            writer.Line("var " + names[names.Count - 1] + " = " + Right(step, NameOf, forms) + ";");
        }

        writer.Line("return " + NameOf(program.Result) + ";");
    }

    private static string Right(ForwardStep step, Func<int, string> nameOf, Forms forms)
    {
        switch (step)
        {
            case ForwardStep.Layer layer:
                return forms.Compare(layer.Name, nameOf(layer.Argument));
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
                return $"{nameOf(step.Reads.First())}.Reshape({string.Join(", ", step.Sizes.Select(size => SizeCode.Of(size, parameter => "this." + TypeReader.Identifier(parameter))))})";
        }
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Where the training and the folded form of a layer, or of a merged pair, are found.</summary>
    private sealed class Forms(MergedModel merged, FoldedPlan folded, IReadOnlyList<LayerProperty> layers)
    {
        public IEnumerable<string> Fields => layers.Select(layer => layer.Field);

        /// <summary>Whether the layer is the first of a pair, which is compared at its end.</summary>
        public bool IsComparedLater(string layer) => merged.Merged.Any(pair => pair.Pair.First.Name == layer);

        public string Compare(string layer, string x) => merged.Merged.FirstOrDefault(pair => pair.Pair.Second.Name == layer) is { Pair: var pair }
            ? $"verification.Pair({Field(pair.First.Name)}, {Field(pair.Second.Name)}, {x}, " + (pair.IntoFirst ? Form(pair.First.Name) : Form(pair.First.Name) + ", " + Form(pair.Second.Name)) + ")"
            : $"verification.Layer({Field(layer)}, {Form(layer)}, {x})";

        private string Field(string layer) => layers.First(candidate => candidate.Layer!.Name == layer).Field;

        private string Form(string layer) => $"folded.Layers[{folded.Shapes.ToList().FindIndex(shape => shape.Name == layer)}]";
    }
}
