using System.Globalization;
using System.Reflection;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Own;

/// <summary>Methods that look rows up with a table of the layer's own.</summary>
public sealed class OwnGatherTests
{
    /// <summary>Also trained on a device, in a test of its own.</summary>
    internal const string Methods = """
        // Weights share the entries of a codebook (Han et al. 2016, Deep Compression).
        [Reparameterization] public static partial class Shared
        {
            public static Weight Map([Shape("k")] Weight codebook, [Buffer, Indices("k"), Shape("out", "in")] Weight codes, int k) => Functions.Gather(Functions.Tanh(codebook), codes);
        }
        // Rows of a product of two matrices, in another order.
        [Reparameterization] public static partial class Tied
        {
            public static Weight Map([Shape("rows", "rank")] Weight a, [Shape("rank", "in")] Weight b, [Buffer, Indices("rows"), PerRow] Weight table, int rows, int rank) => Functions.Gather(Functions.MatMul(a, b), table);
        }
        // The rows of a weight in another order, each times what stands beside it.
        [Reparameterization] public static partial class Permuted
        {
            public static Weight Map(Weight v, [PerColumn, Start(1)] Weight g, [Buffer, Positions, Indices("out"), PerRow] Weight order) => Functions.Gather(v * g, order) + v;
        }
        // Codes of the transpose.
        [Reparameterization] public static partial class Turned
        {
            public static Weight Map([Shape("k")] Weight codebook, [Buffer, Indices("k"), Shape("in", "out")] Weight codes, [PerRow, Start(1)] Weight g, int k) => g * Functions.Gather(codebook, Functions.Transpose(codes));
        }

        """;

    private static readonly Lazy<Assembly> Layers = new(() =>
    {
        var run = GeneratorRun.Of(Methods + """
            [Linear(6, 4), Reparam(typeof(Shared), 5)] public sealed partial class OfNumbers;
            [Conv2d(2, 3, 3), Reparam(typeof(Shared), 5), Quantize(Bits = 8)] public sealed partial class OfKernel;
            [Linear(6, 4), Reparam(typeof(Tied), 3, 2)] public sealed partial class OfProduct;
            [Linear(6, 4), LowRank(2), Reparam(typeof(Permuted))] public sealed partial class OfWeight;
            [Linear(6, 4), Reparam(typeof(Turned), 5)] public sealed partial class OfTurned;
            """);
        Assert.Empty(run.Diagnostics);
        foreach (var name in new[] { "OfNumbers", "OfKernel", "OfProduct", "OfWeight", "OfTurned" })
        {
            Assert.Contains("verdict     proved for every input, parameter and size", run.File(name + ".g.cs"), StringComparison.Ordinal);
        }

        return run.Load();
    });

    private static Layer Create(string name, params (string Table, int[] Values)[] tables)
    {
        random.manual_seed(3);
        var layer = (Layer)Activator.CreateInstance(Layers.Value.GetType(name)!)!;
        foreach (var (table, values) in tables)
        {
            var buffer = layer.named_buffers().Single(named => named.name.EndsWith(table, StringComparison.Ordinal)).buffer;
            buffer.copy_(tensor(values).to_type(ScalarType.Float32).reshape(buffer.shape));
        }

        return layer;
    }

    private static Tensor Parameter(Layer layer, string name) => layer.named_parameters().Single(named => named.name == name).parameter;

    /// <summary>The layer against the same weight made with TorchSharp's own look-up: outputs, gradients, and both folded forms.</summary>
    private static void Agrees(Layer layer, Func<Dictionary<string, Tensor>, Tensor> weightOf, long[] sample)
    {
        using var scope = NewDisposeScope();
        var copies = layer.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().clone().requires_grad_());
        var x = randn(sample);
        var y = layer.forward(x);
        var weight = weightOf(copies);
        var expected = nn.functional.linear(x, weight, copies["bias"]);
        var above = randn_like(y);
        y.backward([above]);
        expected.backward([above]);

        // Sums of some ten products around 1 in another order.
        Assert.True(allclose(expected, y, rtol: 1e-5, atol: 1e-5));
        foreach (var (name, copy) in copies)
        {
            Assert.True(allclose(copy.grad!, Parameter(layer, name).grad!, rtol: 1e-5, atol: 1e-5), name);
        }

        using var folded = (nn.Module<Tensor, Tensor>)layer.GetType().GetMethod("FoldTorch")!.Invoke(layer, null)!;
        Assert.True(allclose(expected, folded.forward(x), rtol: 1e-5, atol: 1e-5));
    }

    [Fact]
    public void Numbers_of_a_codebook_are_those_that_the_codes_name_and_their_gradients_add_up()
    {
        int[] codes = [.. Enumerable.Range(0, 24).Select(place => place * 7 % 4)]; // the last entry is used by none: its gradient is 0
        Agrees(Create("OfNumbers", ("codes", codes)), stored => stored["codebook"].tanh().index_select(0, tensor(codes.Select(code => (long)code).ToArray())).reshape(4, 6), [5, 6]);
    }

    [Fact]
    public void Codes_of_the_transpose_are_read_across()
    {
        int[] codes = [.. Enumerable.Range(0, 24).Select(place => place * 7 % 5)];
        Agrees(Create("OfTurned", ("codes", codes)), stored => stored["g"].reshape(4, 1) * stored["codebook"].index_select(0, tensor(codes.Select(code => (long)code).ToArray())).reshape(6, 4).t(), [5, 6]);
    }

    [Fact]
    public void Rows_of_a_product_may_be_read_more_than_once() =>
        Agrees(Create("OfProduct", ("table", [2, 0, 2, 2])), stored => stored["a"].matmul(stored["b"]).index_select(0, tensor(new long[] { 2, 0, 2, 2 })), [5, 6]);

    [Fact]
    public void Rows_of_the_weight_so_far_are_reordered() => Agrees(
        Create("OfWeight", ("order", [3, 1, 0, 1])),
        stored => (stored["v"] + (stored["lora_B"].matmul(stored["lora_A"]))) is var v ? (v * stored["g"]).index_select(0, tensor(new long[] { 3, 1, 0, 1 })) + v : v,
        [5, 6]);

    [Fact]
    public void A_kernel_is_looked_up_for_all_inputs_of_an_output_and_composes()
    {
        int[] codes = [.. Enumerable.Range(0, 54).Select(place => place * 11 % 5)];
        var layer = Create("OfKernel", ("codes", codes));
        using var scope = NewDisposeScope();
        var x = randn(2, 2, 7, 7);
        var weight = Parameter(layer, "codebook").tanh().index_select(0, tensor(codes.Select(code => (long)code).ToArray())).reshape(3, 2, 3, 3);
        var step = weight.abs().amax([1, 2, 3], keepdim: true) / 127;
        layer.eval();

        // Codes in 8 bits of a row of few distinct numbers: equal up to half a step in each of 18 products.
        var expected = nn.functional.conv2d(x, weight, Parameter(layer, "bias"));
        Assert.True((expected - layer.forward(x)).abs().max().item<float>() <= 18 * (step.max() / 2 * x.abs().max()).item<float>());
        layer.forward(x).square().mean().backward();
        Assert.True(Parameter(layer, "codebook").grad!.abs().min().item<float>() > 0);
    }

    [Theory]
    [InlineData(5, "5")]
    [InlineData(-1, "-1")]
    [InlineData(0.5f, "0.5")]
    [InlineData(float.NaN, "NaN")]
    public void An_index_without_a_row_is_refused_by_name_before_anything_changes(float wrong, string text)
    {
        using var layer = Create("OfNumbers");
        layer.named_buffers().Single().buffer[2, 3] = wrong;
        var thrown = Assert.Throws<IndexOutOfTableException>(() => layer.forward(ones(1, 6)));
        Assert.Equal((15L, 5, "shared_codes"), (thrown.Position, thrown.Count, thrown.Layer));
        Assert.Contains("is " + text + ", expected a whole number from 0 to 4", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<IndexOutOfTableException>(() => layer.GetType().GetMethod("Fold")!.Invoke(layer, BindingFlags.DoNotWrapExceptions, null, [], null));
    }

    [Fact]
    public void The_same_formula_runs_as_plain_code()
    {
        var weight = (Tensor)Functions.Gather(arange(6).to_type(ScalarType.Float32).reshape(3, 2), tensor(new float[] { 2, 0 }));
        Assert.Equal([4f, 5f, 0f, 1f], weight.data<float>().ToArray());
        Assert.Equal([30f, 10f, 20f, 30f], ((Tensor)Functions.Gather(tensor(new float[] { 10, 20, 30 }), tensor(new float[] { 2, 0, 1, 2 }).reshape(2, 2))).data<float>().ToArray());
        Assert.Throws<IndexOutOfTableException>(() => Functions.Gather(ones(3), ones(2) * 3));
        Assert.Throws<ArgumentException>(() => Functions.Gather(ones(3, 2), ones(2, 2)));
    }

    [Theory]
    [InlineData("""[Frozen, Indices("out"), PerRow] Weight t""", "Functions.Gather(v, t)", "has [Indices], which is for a [Buffer]")]
    [InlineData("""[Buffer, Indices("out / 2"), PerRow] Weight t""", "Functions.Gather(v, t)", "has indices of 'out / 2' rows")]
    [InlineData("""[Buffer, Indices(""), PerRow] Weight t""", "Functions.Gather(v, t)", "which is for a number of rows")]
    [InlineData("""[Buffer, Indices("out"), Start(0.5), PerRow] Weight t""", "Functions.Gather(v, t)", "starts with a number that is none")]
    [InlineData("[Buffer, PerRow] Weight t", "Functions.Gather(v, t)", "the indices are no parameter that holds indices")]
    [InlineData("""[Buffer, Indices("out"), PerRow] Weight t""", "Functions.Gather(v, Functions.Round(t))", "the indices are no parameter that holds indices")]
    [InlineData("""[Buffer, Indices("in"), PerRow] Weight t""", "Functions.Gather(v, t)", "and the indices are of in rows")]
    [InlineData("""[Buffer, Indices("out")] Weight t""", "Functions.Gather(v, t)", "rows of a matrix are looked up with a vector of indices")]
    [InlineData("""[Buffer, Indices("out"), PerRow] Weight t""", "Functions.Gather(Functions.Transpose(Functions.Gather(Functions.MatMul(v, Functions.Transpose(v)), t)), t) * v", "")]
    public void What_cannot_be_looked_up_is_said_where_it_stands(string parameter, string body, string reason)
    {
        var run = GeneratorRun.Of($$"""
            [Reparameterization] public static partial class M { public static Weight Map(Weight v, {{parameter}}) => {{body}}; }
            [Linear(4, 3), Reparam(typeof(M))] public sealed partial class Layer1;
            """);
        Assert.Contains(run.Diagnostics, found => found.Id.StartsWith("LDSL5", StringComparison.Ordinal) && found.GetMessage(CultureInfo.InvariantCulture).Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[Linear(2, 16777217), Reparam(typeof(Permuted))] public sealed partial class Wide;", "'order' names 16777217 rows, but indices are 32-bit floats")]
    [InlineData("[Linear(6, 4), Reparam(typeof(Shared), int.MaxValue)] public sealed partial class Wide;", "names 2147483647 rows")]
    [InlineData("[Attention(8, 2), Reparam(typeof(Shared), 20000000, On = Part.Key | Part.Value)] public sealed partial class Wide;", "names 20000000 rows")]
    [InlineData("[Linear(6, 4), Reparam(typeof(Tied), int.MaxValue, int.MaxValue)] public sealed partial class Wide;", "'a' has 4611686014132420609 values")]
    [InlineData("[Linear(6, 4), Reparam(typeof(Shared), 16777216)] public sealed partial class Wide;", null)]
    public void Rows_that_a_float_does_not_tell_apart_are_refused(string layer, string? reason)
    {
        var run = GeneratorRun.Of(Methods + layer);
        Assert.Empty(run.CompileErrors);
        Assert.Equal(reason is null ? [] : ["LDSL505"], run.Diagnostics.Select(found => found.Id));
        Assert.All(run.Diagnostics, found => Assert.Contains(reason!, found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.All(run.Diagnostics, found => Assert.StartsWith("Reparam(", run.TextAt(found), StringComparison.Ordinal));
    }

    [Fact]
    public void A_constructor_refuses_rows_that_a_float_does_not_tell_apart()
    {
        var assembly = GeneratorRun.Of(Methods + """
            public sealed partial class Wide { [Linear(nameof(n), nameof(m)), Reparam(typeof(Permuted))] public partial Wide(int n, long m); }
            """).Load();
        object Make(int inputs, long outputs) => assembly.GetType("Wide")!.GetConstructors().Single().Invoke(BindingFlags.DoNotWrapExceptions, null, [inputs, outputs], null);
        var refusal = Assert.Throws<LayerSizeException>(() => Make(1, 16_777_217));
        Assert.Equal("'Wide': the number of rows that 'order' names is 16777217, but must be at most 16777216, because indices are 32-bit floats.", refusal.Message);
        ((IDisposable)Make(2, 3)).Dispose();
    }

    [Fact]
    public void A_fold_that_reads_other_rows_is_refused()
    {
        var run = GeneratorRun.Of("""
            [Reparameterization] public static partial class M
            {
                public static Weight Map(Weight v, [Buffer, Indices("out"), PerRow] Weight t) => Functions.Gather(v, t);
                public static Weight Fold(Weight v, [Buffer, Indices("out"), PerRow] Weight t) => v;
            }
            [Linear(4, 3), Reparam(typeof(M))] public sealed partial class Layer1;
            """);
        Assert.Equal("LDSL201", Assert.Single(run.Diagnostics).Id);
    }

    [Fact]
    public void Equal_ways_to_look_up_are_proved_and_a_wrong_gradient_is_refused()
    {
        string Of(string gradient) => $$"""
            [Reparameterization] public static partial class M
            {
                public static Weight Map(Weight v, [Buffer, Indices("out"), PerRow] Weight t) => Functions.Gather(v * v, t);
                public static Weight Fold(Weight v, Weight t) => Functions.Square(Functions.Gather(v, t));
                {{gradient}}
            }
            [Linear(4, 3), Reparam(typeof(M))] public sealed partial class Layer1;
            """;
        var right = GeneratorRun.Of(Of(string.Empty));
        Assert.Empty(right.Diagnostics);
        Assert.Contains("verdict     proved for every input, parameter and size", right.File("Layer1.g.cs"), StringComparison.Ordinal);
        Assert.Contains("ReparameterizationForm(3, ", right.File("M.g.cs"), StringComparison.Ordinal);
        Assert.Equal("LDSL203", Assert.Single(GeneratorRun.Of(Of("public static Weight Gradient(Weight gradient, Weight v) => 2 * v * gradient;")).Diagnostics).Id);
    }
}
