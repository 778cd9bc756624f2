using LayerDsl.Generator;
using LayerDsl.Generator.Forward;

namespace LayerDsl.Tests.Emit;

/// <summary>Bodies of forward as steps, at random: layers between rows of a few widths, sums, functions, reshapes. Values are read any number of times.</summary>
internal static class RandomForward
{
    public static ForwardProgram Of(int seed)
    {
        var random = new Random(seed);
        var steps = new List<ForwardStep>();
        EquatableArray<int> input = [Width(random)];
        EquatableArray<int> ShapeOf(int value) => value < 0 ? input : steps[value].Shape;
        for (var count = random.Next(1, 16); count > 0; count--)
        {
            var argument = random.Next(-1, steps.Count);
            var shape = ShapeOf(argument);
            var partners = Enumerable.Range(-1, steps.Count + 1).Where(value => ShapeOf(value) == shape).ToArray();
            steps.Add(random.Next(6) switch
            {
                0 or 1 => new ForwardStep.Layer("L" + steps.Count, argument, [Width(random)]),
                2 => new ForwardStep.Layer("L" + steps.Count, argument, shape),
                3 => new ForwardStep.Combine(random.Next(3) == 0 ? Arithmetic.Multiply : Arithmetic.Add, argument, partners[random.Next(partners.Length)], shape),
                4 => new ForwardStep.Activate(random.Next(4) == 0 ? Activation.Softmax : Activation.Relu, argument, shape),
                _ => new ForwardStep.Reshape(argument, shape),
            });
        }

        return new ForwardProgram(input, [.. steps], steps.Count - 1);
    }

    private static int Width(Random random) => random.Next(1, 5);
}
