namespace LayerDsl.Tests.Core.Folded;

public class ArithmeticTests
{
    private static readonly float[] A = Values.Uniform(new Random(1), 37, 10);
    private static readonly float[] B = Values.Uniform(new Random(2), 37, 10);

    public delegate void Binary(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    public delegate void WithScalar(ReadOnlySpan<float> a, float s, Span<float> y);

    public static TheoryData<string> Binaries => ["add", "subtract", "multiply"];

    public static TheoryData<string> Scalars => ["a + s", "a - s", "s - a", "a * s"];

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Two_spans_combine_element_by_element_also_into_either_operand(string name)
    {
        var (operation, formula) = BinaryCase(name);
        float[] expected = [.. A.Zip(B, formula)], y = new float[37], left = [.. A], right = [.. B];

        operation(A, B, y);
        operation(left, B, left);
        operation(A, right, right);

        Assert.Equal(expected, y);
        Assert.Equal(expected, left);
        Assert.Equal(expected, right);
    }

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_span_and_a_scalar_combine_element_by_element_also_in_place(string name)
    {
        var (operation, formula) = ScalarCase(name);
        float[] expected = [.. A.Select(a => formula(a, 2.5f))], y = new float[37], inPlace = [.. A];

        operation(A, 2.5f, y);
        operation(inPlace, 2.5f, inPlace);

        Assert.Equal(expected, y);
        Assert.Equal(expected, inPlace);
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Operands_and_output_of_different_lengths_are_refused(string name)
    {
        var operation = BinaryCase(name).Operation;

        var operand = Assert.Throws<LayerShapeException>(() => operation(new float[3], new float[4], new float[3]));
        var output = Assert.Throws<LayerShapeException>(() => operation(new float[3], new float[3], new float[5]));

        Assert.Equal((name, "length of the right operand", "3", "4"), (operand.Layer, operand.What, operand.Expected, operand.Actual));
        Assert.Equal((name, "length of the output", "3", "5"), (output.Layer, output.What, output.Expected, output.Actual));
    }

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_shifted_output_is_refused(string name)
    {
        var memory = new float[4];

        Assert.Throws<LayerShapeException>(() => ScalarCase(name).Operation(memory.AsSpan(0, 3), 1, memory.AsSpan(1, 3)));
        Assert.Throws<LayerShapeException>(() => ScalarCase(name).Operation(memory, 1, new float[3]));
    }

    private static (Binary Operation, Func<float, float, float> Formula) BinaryCase(string name) => name switch
    {
        "add" => (Activations.Add, (a, b) => a + b),
        "subtract" => (Activations.Subtract, (a, b) => a - b),
        "multiply" => (Activations.Multiply, (a, b) => a * b),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such operation"),
    };

    private static (WithScalar Operation, Func<float, float, float> Formula) ScalarCase(string name) => name switch
    {
        "a + s" => (Activations.AddScalar, (a, s) => a + s),
        "a - s" => (Activations.SubtractScalar, (a, s) => a - s),
        "s - a" => ((a, s, y) => Activations.SubtractFromScalar(s, a, y), (a, s) => s - a),
        "a * s" => (Activations.MultiplyScalar, (a, s) => a * s),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such operation"),
    };
}
