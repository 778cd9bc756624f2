namespace LayerDsl.Tests.Core.Folded;

public class EpilogueTests
{
    private const int Rows = 3;

    public static TheoryData<EpilogueActivation, bool> All
    {
        get
        {
            var data = new TheoryData<EpilogueActivation, bool>();
            foreach (var activation in Enum.GetValues<EpilogueActivation>())
            {
                data.Add(activation, false);
                data.Add(activation, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_linear_layer_finishes_as_the_separate_operations_do(EpilogueActivation activation, bool residual)
    {
        var random = new Random(1);
        var layer = new FoldedLinear("Hidden", 19, 21, Values.Uniform(random, 19 * 21), Values.Uniform(random, 21));
        var x = Values.Uniform(random, Rows * 19);
        Holds(activation, residual, Rows * 21, y => layer.Forward(x, y, Rows), (y, finish) => layer.Forward(x, y, Rows, finish));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_sparse_layer_finishes_as_the_separate_operations_do(EpilogueActivation activation, bool residual)
    {
        var random = new Random(2);
        var weight = Array.ConvertAll(Values.Uniform(random, 19 * 21), value => Math.Abs(value) < 0.8f ? 0 : value);
        var layer = new FoldedSparseLinear("Head", SparseRows.FromDense("Head", 21, 19, weight), Values.Uniform(random, 21));
        var x = Values.Uniform(random, Rows * 19);
        Holds(activation, residual, Rows * 21, y => layer.Forward(x, y, Rows), (y, finish) => layer.Forward(x, y, Rows, finish));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_convolution_finishes_as_the_separate_operations_do(EpilogueActivation activation, bool residual)
    {
        var random = new Random(3);
        var layer = new FoldedConv2d("Conv", new Conv2dGeometry(2, 5, 3, Padding: 1), Values.Uniform(random, 90), Values.Uniform(random, 5));
        var x = Values.Uniform(random, Rows * 2 * 6 * 7);
        Holds(activation, residual, Rows * 5 * 6 * 7, y => layer.Forward(x, y, Rows, 6, 7), (y, finish) => layer.Forward(x, y, Rows, 6, 7, finish));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_batch_normalization_finishes_as_the_separate_operations_do(EpilogueActivation activation, bool residual)
    {
        var random = new Random(4);
        var layer = new FoldedBatchNorm2d("Norm", Values.Uniform(random, 4), Values.Uniform(random, 4));
        var x = Values.Uniform(random, Rows * 4 * 3 * 5);
        Holds(activation, residual, Rows * 4 * 3 * 5, y => layer.Forward(x, y, Rows, 3, 5), (y, finish) => layer.Forward(x, y, Rows, 3, 5, finish));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_batch_normalization_of_rows_finishes_as_the_separate_operations_do(EpilogueActivation activation, bool residual)
    {
        var random = new Random(7);
        var layer = new FoldedBatchNorm1d("Norm", Values.Uniform(random, 19), Values.Uniform(random, 19));
        var x = Values.Uniform(random, Rows * 19);
        Holds(activation, residual, Rows * 19, y => layer.Forward(x, y, Rows), (y, finish) => layer.Forward(x, y, Rows, finish));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_attention_layer_finishes_as_the_separate_operations_do(EpilogueActivation activation, bool residual)
    {
        var random = new Random(5);
        FoldedLinear Part(string name) => new("Attend." + name, 8, 8, Values.Uniform(random, 64), Values.Uniform(random, 8));
        var layer = new FoldedAttention("Attend", new AttentionGeometry(8, 2), Part("query"), Part("key"), Part("value"), Part("output"));
        var x = Values.Uniform(random, Rows * 4 * 8);
        Holds(activation, residual, Rows * 4 * 8, y => layer.Forward(x, y, Rows, 4), (y, finish) => layer.Forward(x, y, Rows, 4, finish));
    }

    [Fact]
    public void A_residual_of_another_length_or_shifted_against_the_output_is_refused_before_anything_is_written()
    {
        var layer = new FoldedLinear("Hidden", 2, 2, [1, 2, 3, 4], []);
        var y = new float[] { 7, 7, 7 };

        Assert.Throws<LayerShapeException>(() => layer.Forward([1, 2], y.AsSpan(0, 2), 1, new Epilogue(EpilogueActivation.None, y)));
        Assert.Throws<LayerShapeException>(() => layer.Forward([1, 2], y.AsSpan(0, 2), 1, new Epilogue(EpilogueActivation.None, y.AsSpan(1, 2))));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = new Epilogue((EpilogueActivation)6); });
        Assert.Equal([7f, 7f, 7f], y);
    }

    private delegate void Run(Span<float> y, Epilogue epilogue);

    private static void Holds(EpilogueActivation activation, bool withResidual, int length, Action<float[]> plain, Run fused)
    {
        var residual = withResidual ? Values.Uniform(new Random(6), length) : [];
        var expected = new float[length];
        plain(expected);
        for (var k = 0; k < residual.Length; k++)
        {
            expected[k] += residual[k];
        }

        var apart = new float[length];
        fused(apart, new Epilogue(activation, residual));
        var inPlace = withResidual ? (float[])residual.Clone() : new float[length];
        fused(inPlace, new Epilogue(activation, withResidual ? inPlace : []));
        for (var k = 0; k < length; k++)
        {
            // Two ulps of the sum's terms, and the stated error of the vector functions; their slopes are below 1.2.
            Values.Close(Reference(activation, expected[k]), apart[k], 3e-6 * (1 + Math.Abs(expected[k])), $"y[{k}]");
            Assert.Equal(apart[k], inPlace[k]);
        }
    }

    private static double Reference(EpilogueActivation activation, double x) => activation switch
    {
        EpilogueActivation.None => x,
        EpilogueActivation.Relu => Math.Max(x, 0),
        EpilogueActivation.Gelu => TorchSharp.torch.nn.functional.gelu(TorchSharp.torch.tensor(x, TorchSharp.torch.float64)).item<double>(),
        EpilogueActivation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        EpilogueActivation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        EpilogueActivation.Tanh => Math.Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
