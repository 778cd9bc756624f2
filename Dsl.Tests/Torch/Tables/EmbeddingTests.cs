using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Tables;

[Embedding(10, 4)]
public sealed partial class PlainTable;

[Embedding(6, 3, PaddingIndex = 2)]
public sealed partial class PaddedTable;

[Embedding(1, 1)]
public sealed partial class OneEntryTable;

/// <summary>Tokens, read through a table, and classified.</summary>
[LayerModel(5)]
public sealed partial class TokenNet : nn.Module<Tensor, Tensor>
{
    [Embedding(20, 8, PaddingIndex = 0)]
    public partial Layer Tokens { get; }

    [LayerNorm(8)]
    public partial Layer Norm { get; }

    [Linear(8, 6)]
    public partial Layer Hidden { get; }

    [Linear(30, 3)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(Hidden.forward(Norm.forward(Tokens.forward(x))).relu().flatten(1));
}

/// <summary>Generated embeddings against TorchSharp's own, differentiated by its tape.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly Core.TemporaryDirectory directory = new();

    public static TheoryData<string> Names => ["plain", "padded", "one entry"];

    public void Dispose() => directory.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_and_gradients_equal_those_of_the_tape(string name)
    {
        var (layer, count, dim, padding) = Make(name);
        layer.to(float64);
        var reference = nn.Embedding(count, dim, padding, dtype: float64);
        reference.load_state_dict(layer.state_dict());
        foreach (var shape in new long[][] { [7], [3, 4], [2, 3, 2], [1] })
        {
            var x = randint(0, count, shape, int64);
            var y = layer.forward(x);
            var expected = reference.forward(x);
            Assert.Equal([.. shape, dim], y.shape);
            GradientTests.AssertClose(expected, y, 0, "output");

            var upstream = randn_like(y);
            layer.zero_grad();
            reference.zero_grad();
            (y * upstream).sum().backward();
            (expected * upstream).sum().backward();
            GradientTests.AssertClose(reference.weight!.grad!, layer.parameters().Single().grad!, 1e-12, "weight");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_copies_the_table(string name)
    {
        var (layer, count, dim, _) = Make(name);
        var x = randint(0, count, [9], int64);
        var expected = layer.forward(x).detach().data<float>().ToArray();
        var (folded, integers, floats) = ((FoldedEmbedding)layer.Fold(), new float[9 * dim], new float[9 * dim]);

        folded.Forward(Array.ConvertAll(x.data<long>().ToArray(), index => (int)index), integers);
        folded.Forward(x.to_type(float32).data<float>().ToArray(), floats, 9);

        Assert.Equal(expected, integers);
        Assert.Equal(expected, floats);
        Assert.Equal(expected, layer.FoldTorch().forward(x).detach().data<float>().ToArray());
        Assert.Equal(expected, layer.FoldLayer().forward(x).detach().data<float>().ToArray());
    }

    [Fact]
    public void A_new_table_is_normal_and_its_padding_zero()
    {
        manual_seed(1);
        var table = new PaddedTable().state_dict()["weight"];
        Assert.True(table[2].eq(0).all().item<bool>());
        Assert.Equal(15, table.ne(0).sum().item<long>());
        var loaded = new PaddedTable();
        loaded.LoadWeight(ones(6, 3));
        Assert.True(loaded.forward(tensor([2L])).eq(1).all().item<bool>());
    }

    [Fact]
    public void An_index_without_a_row_is_refused_before_anything_is_computed()
    {
        var layer = new PlainTable();
        foreach (var (wrong, position) in new[] { (-1L, 1L), (10L, 1L), (long.MaxValue, 1L) })
        {
            var error = Assert.Throws<IndexOutOfTableException>(() => layer.forward(tensor([3L, wrong, 4])));
            Assert.Equal((position, wrong, 10), (error.Position, (long)error.Value, error.Count));
        }

        Assert.Throws<LayerTypeException>(() => layer.forward(zeros(3)));
        Assert.Throws<LayerShapeException>(() => layer.forward(zeros([0], int64)));
        var (folded, y) = ((FoldedEmbedding)layer.Fold(), new float[8]);
        foreach (var wrong in new[] { -1f, 10f, 0.5f, float.NaN, float.PositiveInfinity, 1e20f })
        {
            Assert.Throws<IndexOutOfTableException>(() => folded.Forward([1, wrong], y, 2));
        }

        Assert.Throws<IndexOutOfTableException>(() => folded.Forward([1, 10], y));
        Assert.Throws<IndexOutOfTableException>(() => folded.Forward([int.MinValue, 1], y));
        Assert.Throws<LayerShapeException>(() => folded.Forward([1, 2, 3], y));
        Assert.Throws<LayerShapeException>(() => folded.Forward([], []));
        Assert.All(y, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_model_of_tokens_is_trained_folded_verified_and_saved()
    {
        manual_seed(2);
        var net = new TokenNet();
        var optimizer = optim.Adam(net.parameters(), 0.01);
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            net.forward(randint(0, 20, [8, 5], int64)).square().mean().backward();
            optimizer.step();
        }

        var x = randint(0, 20, [30, 5], int64);
        var (folded, y, again) = (net.Fold(), new float[90], new float[90]);
        folded.Forward(x.to_type(float32).data<float>().ToArray(), y, 30);
        folded.Save(directory["tokens"]);
        TokenNet.Folded.Load(directory["tokens"]).Forward(x.to_type(float32).data<float>().ToArray(), again, 30);

        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 30, 3), 2e-5, "output");
        Assert.Equal(y, again);
        Assert.Equal(["Tokens", "Norm + Hidden", "Head", "output"], net.VerifyFold(x).Rows.Select(row => row.Name));
        Assert.True(net.Tokens.state_dict()["weight"][0].eq(0).all().item<bool>());
        Assert.Throws<IndexOutOfTableException>(() => folded.Forward([1, 2, 3, 4, 20], again.AsSpan(0, 3), 1));
    }

    [Fact]
    public void The_certificate_says_what_was_proved()
    {
        var certificate = new PaddedTable().GetCertificate();
        Assert.Contains("proved for every input, parameter and size", certificate.Verdict, StringComparison.Ordinal);
        Assert.Equal((18L, 18L, 0L), (certificate.Parameters, certificate.FoldedParameters, certificate.InferenceFlops));
    }

    private static (Layer Layer, long Count, int Dim, long? Padding) Make(string name) => name switch
    {
        "plain" => (new PlainTable(), 10, 4, null),
        "padded" => (new PaddedTable(), 6, 3, 2),
        _ => (new OneEntryTable(), 1, 1, null),
    };
}
