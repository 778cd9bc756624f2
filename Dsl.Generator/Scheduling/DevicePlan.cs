using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;

namespace LayerDsl.Generator.Scheduling;

/// <summary>The steps of a folded model as a device runs them: as few passes over memory as there can be.</summary>
/// <param name="Program">The steps, with chains of functions as one step, and without those that a layer applies to its own outputs.</param>
/// <param name="Applied">The functions that layers apply to their own outputs, by the number of the layer's step.</param>
internal sealed record DevicePlan(ForwardProgram Program, IReadOnlyDictionary<int, Activation> Applied)
{
    /// <param name="program">The steps of the folded model.</param>
    /// <param name="layers">Its layers.</param>
    public static DevicePlan Of(ForwardProgram program, IReadOnlyCollection<LayerShape> layers) => new Builder(program, layers).Build();

    /// <summary>The steps of a model that is trained: a backward pass reads what layers made before a function was applied to it, so that layers apply none.</summary>
    /// <param name="program">The steps of the model.</param>
    public static ForwardProgram ForTraining(ForwardProgram program) => new Builder(program, []).Build().Program;

    private sealed class Builder(ForwardProgram program, IReadOnlyCollection<LayerShape> layers)
    {
        private readonly List<ForwardStep> steps = [];
        private readonly Dictionary<int, int> moved = new() { [-1] = -1 };
        private readonly Dictionary<int, Activation> applied = [];

        public DevicePlan Build()
        {
            for (var step = 0; step < program.Steps.Count; step++)
            {
                if (IsPointwise(program.Steps[step]))
                {
                    if (!IsPartOfNext(step))
                    {
                        AddPointwise(step);
                    }
                }
                else
                {
                    moved[step] = Add(program.Steps[step].WithOperands(value => moved[value]));
                }
            }

            return new DevicePlan(program with { Steps = steps.ToEquatableArray(), Result = moved[program.Result] }, applied);
        }

        private int Add(ForwardStep step)
        {
            steps.Add(step);
            return steps.Count - 1;
        }

        private static bool IsPointwise(ForwardStep step) =>
            step is ForwardStep.Combine or ForwardStep.WithNumber or ForwardStep.Activate { Function: not (Activation.Softmax or Activation.LogSoftmax) };

        private int Readers(int value) => program.Steps.Sum(step => step.Reads.Count(read => read == value)) + (program.Result == value ? 1 : 0);

        /// <summary>Whether the one step that reads a pointwise step is pointwise too: then it is computed there.</summary>
        private bool IsPartOfNext(int step) => Readers(step) == 1 && program.Result != step && program.Steps.Any(reader => IsPointwise(reader) && reader.Reads.Contains(step));

        /// <summary>A function of what a layer alone makes is the layer's own, where it is one that products apply; anything else is a pass.</summary>
        private void AddPointwise(int step)
        {
            var arguments = new List<int>();
            var body = Body(step, arguments);
            if (body is FusedValue.Activate { Operand: FusedValue.Argument, Function: var function } && arguments[0] >= 0
                && steps[moved[arguments[0]]] is ForwardStep.Layer layer && Readers(arguments[0]) == 1 && Applies(layer.Name))
            {
                moved[step] = moved[arguments[0]];
                applied.Add(moved[step], function);
                return;
            }

            moved[step] = Add(new ForwardStep.Fused(arguments.Select(argument => moved[argument]).ToEquatableArray(), body, program.Steps[step].Shape));
        }

        private bool Applies(string name) =>
            layers.FirstOrDefault(layer => layer.Name == name) is LinearShape or Conv2dShape or AttentionShape && program.Steps.Count(step => step is ForwardStep.Layer layer && layer.Name == name) == 1;

        private FusedValue Body(int step, List<int> arguments) => program.Steps[step] switch
        {
            ForwardStep.Combine combine => new FusedValue.Combine(combine.Operation, Operand(combine.Left, arguments), Operand(combine.Right, arguments)),
            ForwardStep.WithNumber number => new FusedValue.WithNumber(number.Operation, Operand(number.Argument, arguments), number.Number, number.NumberFirst),
            ForwardStep.Activate activate => new FusedValue.Activate(activate.Function, Operand(activate.Argument, arguments)),
            _ => Operand(step, arguments),
        };

        private FusedValue Operand(int value, List<int> arguments)
        {
            if (value >= 0 && IsPointwise(program.Steps[value]) && IsPartOfNext(value))
            {
                return Body(value, arguments);
            }

            if (!arguments.Contains(value))
            {
                arguments.Add(value);
            }

            return new FusedValue.Argument(arguments.IndexOf(value));
        }
    }
}
