using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator.Forward;

/// <summary>Gives every step its shape. The input's own follows from the first layer or view that reads it.</summary>
internal static class ForwardShapes
{
    public static Result<ForwardProgram> Infer(IReadOnlyList<RawStep> steps, int result, IReadOnlyDictionary<string, LayerShape> layers)
    {
        if (InputShape(steps, layers) is not { } input)
        {
            return Result<ForwardProgram>.Failure(DiagnosticInfo.Create(ForwardDiagnostics.UnknownInput, steps.Count == 0 ? null : At(steps[0])));
        }

        var shaped = new List<ForwardStep>();
        EquatableArray<int> ShapeOf(int value) => value < 0 ? input : shaped[value].Shape;
        foreach (var step in steps)
        {
            var next = Infer(step, ShapeOf, layers);
            if (next.Value is null)
            {
                return new Result<ForwardProgram>(null, next.Diagnostics);
            }

            shaped.Add(next.Value);
        }

        return Result<ForwardProgram>.Success(new ForwardProgram(input, shaped.ToEquatableArray(), result));
    }

    /// <summary>Values that have the input's unknown shape are followed until a layer or a view fixes it.</summary>
    private static EquatableArray<int>? InputShape(IReadOnlyList<RawStep> steps, IReadOnlyDictionary<string, LayerShape> layers)
    {
        var unknown = new HashSet<int> { -1 };
        for (var k = 0; k < steps.Count; k++)
        {
            switch (steps[k])
            {
                case RawStep.Layer layer when unknown.Contains(layer.Argument):
                    return [layers[layer.Name].InFeatures];
                case RawStep.Reshape reshape when unknown.Contains(reshape.Argument):
                    if (reshape.PerSample is { } sizes && sizes.All(size => size > 0))
                    {
                        return [ForwardProgram.Product(sizes)];
                    }

                    unknown.Add(k);
                    break;
                case RawStep.Activate activate when unknown.Contains(activate.Argument):
                case RawStep.WithNumber number when unknown.Contains(number.Argument):
                case RawStep.Combine combine when unknown.Contains(combine.Left) && unknown.Contains(combine.Right):
                    unknown.Add(k);
                    break;
            }
        }

        return null;
    }

    private static Result<ForwardStep> Infer(RawStep step, Func<int, EquatableArray<int>> shapeOf, IReadOnlyDictionary<string, LayerShape> layers) => step switch
    {
        RawStep.Layer layer => Layer(layer, shapeOf(layer.Argument), layers[layer.Name]),
        RawStep.Activate activate => Activate(activate, shapeOf(activate.Argument)),
        RawStep.Combine combine => Combine(combine, shapeOf(combine.Left), shapeOf(combine.Right)),
        RawStep.WithNumber number => Result<ForwardStep>.Success(
            new ForwardStep.WithNumber(number.Operation, number.Argument, number.Number, number.NumberFirst, shapeOf(number.Argument))),
        RawStep.Reshape reshape => Reshape(reshape, shapeOf(reshape.Argument)),
        _ => Fail(step, ForwardDiagnostics.Unsupported, step.At.ToString()),
    };

    private static Result<ForwardStep> Layer(RawStep.Layer step, EquatableArray<int> shape, LayerShape layer) =>
        shape[shape.Count - 1] == layer.InFeatures
            ? Result<ForwardStep>.Success(new ForwardStep.Layer(step.Name, step.Argument, shape.Take(shape.Count - 1).Append(layer.OutFeatures).ToEquatableArray()))
            : Fail(step, ForwardDiagnostics.ShapeMismatch, step.Name, Text(shape[shape.Count - 1]), Text(layer.InFeatures));

    /// <summary>Softmax runs along the last dimension: -1, or the number of dimensions of a sample, since the batch is dimension 0.</summary>
    private static Result<ForwardStep> Activate(RawStep.Activate step, EquatableArray<int> shape) =>
        step.Dimension is { } dimension && dimension != -1 && dimension != shape.Count
            ? Fail(step, ForwardDiagnostics.AcrossSamples, step.Function == Activation.Softmax ? "softmax" : "log_softmax", Text(dimension))
            : Result<ForwardStep>.Success(new ForwardStep.Activate(step.Function, step.Argument, shape));

    private static Result<ForwardStep> Combine(RawStep.Combine step, EquatableArray<int> left, EquatableArray<int> right) => left == right
        ? Result<ForwardStep>.Success(new ForwardStep.Combine(step.Operation, step.Left, step.Right, left))
        : Fail(step, ForwardDiagnostics.DifferentShapes, step.Operation.ToString(), string.Join(", ", left), string.Join(", ", right));

    private static Result<ForwardStep> Reshape(RawStep.Reshape step, EquatableArray<int> shape)
    {
        if (step.PerSample is not { } sizes)
        {
            return Fail(step, ForwardDiagnostics.AcrossSamples, "reshape", "0");
        }

        var known = ForwardProgram.Product(sizes.Where(size => size > 0));
        var values = ForwardProgram.Product(shape);
        var resolved = sizes.Select(size => size > 0 ? size : values / known).ToEquatableArray();
        return ForwardProgram.Product(resolved) == values
            ? Result<ForwardStep>.Success(new ForwardStep.Reshape(step.Argument, resolved))
            : Fail(step, ForwardDiagnostics.AcrossSamples, "reshape", "0");
    }

    private static Result<ForwardStep> Fail(RawStep step, Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, params string[] arguments) =>
        Result<ForwardStep>.Failure(DiagnosticInfo.Create(descriptor, At(step), arguments));

    private static LocationInfo? At(RawStep step) => LocationInfo.From(step.At.GetLocation());

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
