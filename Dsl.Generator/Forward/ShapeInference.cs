using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Forward;

/// <summary>
/// Finds the shape of every value per sample. The input's own shape is unknown at first, so the rules of the operations are
/// applied in both directions until nothing changes; then every operation is checked.
/// </summary>
internal sealed class ShapeInference
{
    private readonly IReadOnlyList<RawStep> steps;
    private readonly IReadOnlyDictionary<string, LayerShape> layers;

    // What is known of each value: all sizes, or only their product.
    private readonly EquatableArray<Size>?[] shapes;
    private readonly Size?[] sizes;
    private readonly List<SizeEquation> equations = [];
    private bool changed;

    private ShapeInference(IReadOnlyList<RawStep> steps, IReadOnlyDictionary<string, LayerShape> layers)
    {
        this.steps = steps;
        this.layers = layers;
        shapes = new EquatableArray<Size>?[steps.Count + 1];
        sizes = new Size?[steps.Count + 1];
    }

    public static Result<ForwardProgram> Infer(
        IReadOnlyList<RawStep> draft, int output, IReadOnlyDictionary<string, LayerShape> layers, EquatableArray<int> sample, string input, LocationInfo? place)
    {
        var (steps, last) = Reachable(draft, output);
        var inference = new ShapeInference(steps, layers);
        inference.SetShape(0, sample.Count > 0 ? ForwardStep.SizesOf(sample) : null);
        inference.Solve();
        for (var step = 0; step < steps.Count; step++)
        {
            if (inference.Check(step) is { } mismatch)
            {
                return Result<ForwardProgram>.Failure(mismatch);
            }
        }

        if (inference.shapes.Any(shape => shape is null))
        {
            return Result<ForwardProgram>.Failure(DiagnosticInfo.Create(ForwardDiagnostics.UnknownInput, place, input));
        }

        var known = steps.Select((step, k) => step.WithShape(inference.shapes[k + 1]!.Value)).ToEquatableArray();
        var (shape, equations) = (inference.shapes[0]!.Value, inference.equations.Distinct().ToEquatableArray());
        return Result<ForwardProgram>.Success(new ForwardProgram(RawStep.Nominal(shape), known, last - 1) { InputSizes = shape.All(size => size.Constant is not null) ? [] : shape, Equations = equations });
    }

    /// <summary>The steps that the output depends on, renumbered.</summary>
    private static (IReadOnlyList<RawStep> Steps, int Output) Reachable(IReadOnlyList<RawStep> draft, int output)
    {
        var used = new bool[draft.Count + 1];
        used[output] = true;
        for (var value = draft.Count; value > 0; value--)
        {
            if (used[value])
            {
                foreach (var operand in draft[value - 1].Operands)
                {
                    used[operand] = true;
                }
            }
        }

        var numbers = new int[draft.Count + 1];
        var steps = new List<RawStep>();
        for (var value = 1; value <= draft.Count; value++)
        {
            if (used[value])
            {
                var step = draft[value - 1];
                steps.Add(step with { Operands = step.Operands.Select(operand => numbers[operand]).ToEquatableArray() });
                numbers[value] = steps.Count;
            }
        }

        return (steps, numbers[output]);
    }

    private void Solve()
    {
        do
        {
            do
            {
                changed = false;
                for (var step = 0; step < steps.Count; step++)
                {
                    Forward(step);
                }
            }
            while (changed);

            Guess();
        }
        while (changed);
    }

    /// <summary>From operands to the result.</summary>
    private void Forward(int index)
    {
        var (step, y) = (steps[index], index + 1);
        switch (step)
        {
            case RawStep.Layer layer:
                SetShape(y, shapes[layer.Operands[0]] is { } sample ? layers[layer.Name].OutputOf(sample) : null);
                break;
            case RawStep.Pool or RawStep.GlobalAverage:
                SetShape(y, shapes[step.Operands[0]] is { } image ? RawStep.Pooled(step, image) : null);
                break;
            case RawStep.Reshape or RawStep.Flatten:
                SetShape(y, Target(step, step.Operands[0]));
                SetSize(y, sizes[step.Operands[0]]);
                break;
            default:
                foreach (var operand in step.Operands)
                {
                    SetShape(y, shapes[operand]);
                    SetSize(y, sizes[operand]);
                }

                break;
        }
    }

    /// <summary>
    /// Where forward rules decide no more, the first step whose operand is unknown does: from its result, or, for a layer,
    /// from its width.
    /// </summary>
    private void Guess()
    {
        for (var step = 0; step < steps.Count && !changed; step++)
        {
            Backward(step);
            if (!changed && steps[step] is RawStep.Layer layer && shapes[layer.Operands[0]] is null && layers[layer.Name].Width is { } width)
            {
                SetShape(layer.Operands[0], LinearInput(layer.Operands[0], width));
            }
        }

        // Of what is only reshaped, the size is all that matters.
        for (var value = 0; value < shapes.Length && !changed; value++)
        {
            if (shapes[value] is null && sizes[value] is { } size)
            {
                SetShape(value, [size]);
            }
        }
    }

    private void Backward(int index)
    {
        var (step, y) = (steps[index], index + 1);
        foreach (var operand in step.Operands)
        {
            switch (step)
            {
                case RawStep.Layer layer:
                    SetShape(operand, shapes[y] is { } output ? layers[layer.Name].InputOf(output) : null);
                    break;
                case RawStep.Pool or RawStep.GlobalAverage:
                    break; // Several sizes of an image give the same result.
                case RawStep.Reshape or RawStep.Flatten:
                    SetSize(operand, sizes[y]);
                    break;
                default:
                    SetShape(operand, shapes[y]);
                    SetSize(operand, sizes[y]);
                    break;
            }
        }
    }

    /// <summary>The likely input of a layer that asks for a width: its width alone, unless a reshape or a known size tells of more dimensions.</summary>
    private EquatableArray<Size>? LinearInput(int x, Size width)
    {
        var origin = x;
        while (origin > 0 && steps[origin - 1] is not (RawStep.Layer or RawStep.Reshape or RawStep.Flatten or RawStep.Pool or RawStep.GlobalAverage))
        {
            origin = steps[origin - 1].Operands[0];
        }

        return origin > 0 && steps[origin - 1] is RawStep.Reshape { Sizes: { Count: > 1 } asked }
            ? asked[asked.Count - 1] == -1 ? [.. asked.Take(asked.Count - 1).Select(size => Size.Of(size)), width] : null
            : sizes[x] is { } size && size != width && size.DivideBy(width) is { } rows ? [rows, width]
            : [width];
    }

    /// <summary>The shape that a reshape asks for, as far as it is known yet.</summary>
    private EquatableArray<Size>? Target(RawStep step, int x) => step switch
    {
        RawStep.Reshape { Sizes: var asked } when !asked.Contains(-1) => ForwardStep.SizesOf(asked),
        RawStep.Reshape { Sizes: var asked } => sizes[x] is { } size ? Complete(asked, size) : null,
        RawStep.Flatten { Start: 1, End: -1 } => sizes[x] is { } size ? [size] : null,
        RawStep.Flatten flatten => shapes[x] is { } shape ? Flattened(shape, flatten) : null,
        _ => null,
    };

    private static EquatableArray<Size>? Complete(EquatableArray<int> perSample, Size size)
    {
        var others = perSample.Where(part => part != -1).Aggregate(1L, (product, part) => product * part);
        return size.DivideBy(others) is { } rest ? perSample.Select(part => part == -1 ? rest : Size.Of(part)).ToEquatableArray() : null;
    }

    /// <summary>Dimension 0 is the batch, so that a sample's first dimension is 1.</summary>
    private static EquatableArray<Size>? Flattened(EquatableArray<Size> shape, RawStep.Flatten flatten)
    {
        var (start, end) = (PerSample(flatten.Start, shape.Count), PerSample(flatten.End, shape.Count));
        return start < 0 || end < start || end >= shape.Count
            ? null
            : [.. shape.Take(start), ForwardProgram.Product(shape.Skip(start).Take(end - start + 1).ToEquatableArray()), .. shape.Skip(end + 1)];
    }

    private static int PerSample(long dimension, int rank) => (int)(dimension < 0 ? dimension + rank : dimension - 1);

    private void SetShape(int value, EquatableArray<Size>? shape)
    {
        if (shape is { } known && shapes[value] is null && Fits(sizes[value] ?? ForwardProgram.Product(known), ForwardProgram.Product(known)))
        {
            shapes[value] = known;
            changed = true;
            SetSize(value, ForwardProgram.Product(known));
        }
    }

    private void SetSize(int value, Size? size)
    {
        if (size is not null && sizes[value] is null)
        {
            sizes[value] = size;
            changed = true;
        }
    }

    /// <summary>The first thing wrong with a step, given what was inferred.</summary>
    private DiagnosticInfo? Check(int index)
    {
        var step = steps[index];
        var x = step.Operands[0];
        return step switch
        {
            RawStep.Layer layer => CheckLayer(layer, x),
            RawStep.Combine combine when shapes[x] is { } left && shapes[combine.Operands[1]] is { } right && !Agree(combine.Text, left, right) =>
                Report(combine, Broadcasts(left, right) ? ForwardDiagnostics.DifferentShapes : ForwardDiagnostics.ShapeMismatch, Text(left), Text(right)),
            RawStep.Pool or RawStep.GlobalAverage when shapes[x] is { } image && RawStep.Pooled(step, image) is null =>
                Report(step, ForwardDiagnostics.ShapeMismatch, "(channels, height, width) as large as a window", Text(image)),
            RawStep.Softmax softmax when shapes[x] is { } shape => CheckSoftmax(softmax, shape.Count),
            RawStep.Reshape reshape => CheckReshape(reshape, x, index + 1),
            RawStep.Flatten flatten when shapes[x] is { } shape && Target(flatten, x) is null => CheckFlatten(flatten, shape),
            _ => null,
        };
    }

    private DiagnosticInfo? CheckLayer(RawStep.Layer step, int x)
    {
        if (shapes[x] is { } shape && layers[step.Name].OutputOf(shape) is not null)
        {
            return layers[step.Name].Joint(shape) is not { } joint || Agree(step.Name, joint.Wanted, joint.Given) ? null : Mismatch(step, x);
        }

        return Mismatch(step, x);
    }

    private DiagnosticInfo? Mismatch(RawStep.Layer step, int x) =>
        shapes[x] is not { } shape || layers[step.Name].OutputOf(shape) is null
            ? shapes[x] is null && sizes[x] is null && layers[step.Name].Width is null
                ? null // Reported as the unknown shape of the input.
                : DiagnosticInfo.Create(ForwardDiagnostics.ShapeMismatch, step.Location, step.Name, layers[step.Name].Wanted, Describe(x))
            : null;

    private static DiagnosticInfo? CheckSoftmax(RawStep.Softmax softmax, int rank)
    {
        var dimension = softmax.Dimension < 0 ? softmax.Dimension + rank + 1 : softmax.Dimension;
        return dimension == rank && rank > 0 ? null
            : dimension == 0 ? Report(softmax, ForwardDiagnostics.MixedSamples, $"dimension {softmax.Dimension} is the batch, so that a sample's output would depend on the others")
            : Report(softmax, ForwardDiagnostics.Unsupported, $"it must run over the last dimension, {rank} or -1, not over {softmax.Dimension}");
    }

    private DiagnosticInfo? CheckReshape(RawStep.Reshape reshape, int x, int y) =>
        sizes[x] is not { } before || (shapes[y] is not null && Target(reshape, x) == shapes[y] && sizes[y] is { } kept && Agree(reshape.Text, kept, before)) ? null
        : reshape.BatchIsFree
            ? Report(reshape, ForwardDiagnostics.MixedSamples, $"a sample has {SizeCode.Of(before)} values before it and {(sizes[y] is { } after ? SizeCode.Of(after) : "an unknown number")} after it")
            : Report(reshape, ForwardDiagnostics.ShapeMismatch, Text(ForwardStep.SizesOf(reshape.Sizes)), SizeCode.Of(before) + " values");

    private static DiagnosticInfo CheckFlatten(RawStep.Flatten flatten, EquatableArray<Size> shape) =>
        PerSample(flatten.Start, shape.Count) < 0
            ? Report(flatten, ForwardDiagnostics.MixedSamples, $"dimension {flatten.Start} is the batch")
            : Report(flatten, ForwardDiagnostics.ShapeMismatch, $"dimensions {flatten.Start} to {flatten.End}", Text(shape));

    private bool Agree(string place, EquatableArray<Size> left, EquatableArray<Size> right) =>
        left.Count == right.Count && left.Zip(right, Fits).All(fits => fits) && left.Zip(right, (a, b) => Agree(place, a, b)).All(fits => fits);

    /// <summary>Whether two sizes are equal; where that depends on the sizes that the constructor takes, it has to check.</summary>
    private bool Agree(string place, Size wanted, Size given)
    {
        if (wanted != given && Fits(wanted, given))
        {
            equations.Add(new SizeEquation(place, wanted, given));
        }

        return Fits(wanted, given);
    }

    private static bool Fits(Size wanted, Size given) => wanted == given || wanted.Constant is null || given.Constant is null;

    private static DiagnosticInfo Report(RawStep step, Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, params string[] details) =>
        DiagnosticInfo.Create(descriptor, step.Location, [step.Text, .. details]);

    private static bool Broadcasts(EquatableArray<Size> left, EquatableArray<Size> right) =>
        left.Count == right.Count && left.Zip(right, (a, b) => a == b || a == 1 || b == 1).All(fits => fits);

    private string Describe(int value) => shapes[value] is { } shape ? Text(shape) : sizes[value] is { } size ? SizeCode.Of(size) + " values" : "an unknown shape";

    private static string Text(EquatableArray<Size> shape) => "(" + string.Join(", ", shape.Select(SizeCode.Of)) + ")";
}
