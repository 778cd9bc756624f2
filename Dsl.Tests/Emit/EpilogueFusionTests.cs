using LayerDsl.Generator;
using LayerDsl.Generator.Emit.Managed;
using LayerDsl.Generator.Forward;

namespace LayerDsl.Tests.Emit;

/// <summary>Sums and functions that a layer does as it writes its output.</summary>
public sealed class EpilogueFusionTests
{
    private static readonly EquatableArray<int> Shape = [4];

    [Fact]
    public void A_fused_program_computes_the_same_formula()
    {
        var fused = 0;
        for (var seed = 0; seed < 2000; seed++)
        {
            var program = RandomForward.Of(seed);
            var shorter = EpilogueFusion.Fuse(program, name => name != "L3");
            Assert.Equal(Formula(program), Formula(shorter));
            Assert.DoesNotContain(shorter.Steps, step => step is ForwardStep.Layer { Name: "L3" } and not { Then: null, Residual: null });
            fused += program.Steps.Count - shorter.Steps.Count;
        }

        Assert.True(fused > 0, "Nothing was ever fused.");
    }

    [Fact]
    public void A_residual_block_is_one_call()
    {
        var program = Program(new ForwardStep.Layer("A", -1, Shape), new ForwardStep.Combine(Arithmetic.Add, -1, 0, Shape), new ForwardStep.Activate(Activation.Gelu, 1, Shape));

        Assert.Equal([new ForwardStep.Layer("A", -1, Shape, Residual: -1, Then: Activation.Gelu)], EpilogueFusion.Fuse(program, _ => true).Steps);
    }

    [Fact]
    public void A_value_that_is_read_again_or_comes_later_is_not_fused()
    {
        // relu(A(x)) * A(x): the plain output is needed as well.
        Unchanged(new ForwardStep.Layer("A", -1, Shape), new ForwardStep.Activate(Activation.Relu, 0, Shape), new ForwardStep.Combine(Arithmetic.Multiply, 0, 1, Shape));

        // A(x) + relu(x): the other term does not exist when A runs.
        Unchanged(new ForwardStep.Layer("A", -1, Shape), new ForwardStep.Activate(Activation.Relu, -1, Shape), new ForwardStep.Combine(Arithmetic.Add, 0, 1, Shape));

        // softmax looks at a whole row.
        Unchanged(new ForwardStep.Layer("A", -1, Shape), new ForwardStep.Activate(Activation.Softmax, 0, Shape));

        // x + relu(A(x)): a layer adds before the function, not after it.
        var fused = EpilogueFusion.Fuse(Program(new ForwardStep.Layer("A", -1, Shape), new ForwardStep.Activate(Activation.Relu, 0, Shape), new ForwardStep.Combine(Arithmetic.Add, -1, 1, Shape)), _ => true);
        Assert.Equal([new ForwardStep.Layer("A", -1, Shape, Then: Activation.Relu), new ForwardStep.Combine(Arithmetic.Add, -1, 0, Shape)], fused.Steps);
    }

    private static void Unchanged(params ForwardStep[] steps) => Assert.Equal(Program(steps), EpilogueFusion.Fuse(Program(steps), _ => true));

    private static ForwardProgram Program(params ForwardStep[] steps) => new(Shape, [.. steps], steps.Length - 1);

    /// <summary>What the result is, as a formula of layers; the terms of a sum in one order.</summary>
    private static string Formula(ForwardProgram program)
    {
        var values = new List<string>();
        string Of(int value) => value < 0 ? "x" : values[value];
        foreach (var step in program.Steps)
        {
            values.Add(step switch
            {
                ForwardStep.Layer layer => Applied(layer.Then, layer.Residual is { } residual ? Sum($"{layer.Name}[{Of(layer.Argument)}]", Of(residual)) : $"{layer.Name}[{Of(layer.Argument)}]"),
                ForwardStep.Combine { Operation: Arithmetic.Add } sum => Sum(Of(sum.Left), Of(sum.Right)),
                ForwardStep.Combine product => $"({Of(product.Left)} * {Of(product.Right)})",
                ForwardStep.Activate activate => Applied(activate.Function, Of(activate.Argument)),
                _ => Of(step.Reads.Single()),
            });
        }

        return Of(program.Result);
    }

    private static string Applied(Activation? function, string value) => function is null ? value : $"{function}({value})";

    private static string Sum(string left, string right) => string.CompareOrdinal(left, right) <= 0 ? $"({left} + {right})" : $"({right} + {left})";
}
