using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Merging;

/// <summary>The folded half of a model: its layers and steps after the merges.</summary>
/// <param name="Shapes">The folded layers, in the order of their declaration.</param>
/// <param name="Program">The steps.</param>
internal sealed record FoldedPlan(EquatableArray<LayerShape> Shapes, ForwardProgram Program)
{
    public static FoldedPlan Of(ModelSpec model, IReadOnlyCollection<MergedPair> pairs)
    {
        var program = pairs.Where(pair => pair.IntoFirst).Aggregate(model.Forward!, (steps, pair) => Without(steps, pair.Second.Name));
        var removed = pairs.Where(pair => pair.IntoFirst).Select(pair => pair.Second.Name).ToArray();
        var shapes = model.Shapes.Where(shape => !removed.Contains(shape.Name)).Select(shape => pairs.Aggregate(shape, Merge));
        return new FoldedPlan(shapes.ToEquatableArray(), program);
    }

    private static LayerShape Merge(LayerShape shape, MergedPair pair) => (shape, pair) switch
    {
        (_, { IntoFirst: true }) when shape.Name == pair.First.Name => shape with { Bias = true },
        (RowNormShape norm, { IntoFirst: false }) when shape.Name == pair.First.Name => norm with { Bias = false, IsPlain = true },
        (_, { IntoFirst: false }) when shape.Name == pair.Second.Name => shape with { Bias = shape.Bias || LayerShape.Of(pair.First).Bias },
        _ => shape,
    };

    /// <summary>The steps without the call of a layer: its argument takes the place of its result.</summary>
    private static ForwardProgram Without(ForwardProgram program, string layer)
    {
        var at = program.Steps.ToList().FindIndex(step => step is ForwardStep.Layer call && call.Name == layer);
        var argument = ((ForwardStep.Layer)program.Steps[at]).Argument;
        int Moved(int value) => value == at ? Moved(argument) : value > at ? value - 1 : value;
        return program with
        {
            Steps = program.Steps.Where((_, number) => number != at).Select(step => step.WithOperands(Moved)).ToEquatableArray(),
            Result = Moved(program.Result),
        };
    }
}
