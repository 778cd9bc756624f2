using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Tests.Torch;

/// <summary>A whole folded model asks the collector for nothing once it has run, and any number of threads may share it.</summary>
public sealed partial class FoldedMemoryTests
{
    private const int Seed = 1;

    /// <summary>More samples than go through at once, an odd number, and one.</summary>
    private static readonly int[] Batches = [1, 7, 300];

    public static TheoryData<string> Models => ["pictures", "tokens", "rows"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Forward_allocates_nothing_after_the_first_calls(string name)
    {
        using var module = Create(name);
        var model = Fold(module);
        foreach (var batch in Batches)
        {
            var (x, y) = Sample(model, batch, Seed);
            Repeat(20, () => model.Forward(x, y, batch));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 50; call++)
            {
                model.Forward(x, y, batch);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Threads_that_share_a_model_get_the_same_results(string name)
    {
        using var module = Create(name);
        var model = Fold(module);
        var jobs = Enumerable.Range(0, 64).Select(seed => (Seed: seed, Batch: Batches[seed % Batches.Length])).ToArray();
        var alone = jobs.Select(job => Output(model, job.Batch, job.Seed)).ToArray();

        var together = new float[jobs.Length][];
        Parallel.For(0, jobs.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, k => together[k] = Output(model, jobs[k].Batch, jobs[k].Seed));

        Assert.All(Enumerable.Range(0, jobs.Length), k => Assert.Equal(alone[k], together[k]));
    }

    private static float[] Output(FoldedModel model, int batch, int seed)
    {
        var (x, y) = Sample(model, batch, seed);
        model.Forward(x, y, batch);
        return y;
    }

    private static (float[] X, float[] Y) Sample(FoldedModel model, int batch, int seed) =>
        (Core.Folded.Values.Uniform(new Random(seed), batch * model.InputSize), new float[batch * model.OutputSize]);

    private static void Repeat(int count, Action action)
    {
        for (var k = 0; k < count; k++)
        {
            action();
        }
    }

    private static nn.Module<Tensor, Tensor> Create(string name)
    {
        random.manual_seed(Seed);
        nn.Module<Tensor, Tensor> module = name switch { "pictures" => new Pictures(), "tokens" => new Tokens(), _ => new Rows() };
        module.eval();
        return module;
    }

    private static FoldedModel Fold(nn.Module<Tensor, Tensor> module) => module switch
    {
        Pictures pictures => pictures.Fold(),
        Tokens tokens => tokens.Fold(),
        _ => ((Rows)module).Fold(),
    };

    [LayerModel(1, 12, 12)]
    internal sealed partial class Pictures : nn.Module<Tensor, Tensor>
    {
        [Conv2d(1, 4, 3, Padding = 1)] public partial Layer Stem { get; }

        [BatchNorm2d(4)] public partial Layer StemNorm { get; }

        [Conv2d(4, 4, 3, Padding = 1), Quantize(Bits = 4)] public partial Layer Block { get; }

        [Linear(144, 10), Quantize(Bits = 4)] public partial Layer Head { get; }

        public override Tensor forward(Tensor x)
        {
            var stem = relu(StemNorm.forward(Stem.forward(x)));
            var block = relu(stem + Block.forward(stem));
            return Head.forward(max_pool2d(block, 2).flatten(1)).softmax(-1);
        }
    }

    [LayerModel(6, 16)]
    internal sealed partial class Tokens : nn.Module<Tensor, Tensor>
    {
        [LayerNorm(16)] public partial Layer Norm { get; }

        [Attention(16, 2, Causal = true)] public partial Layer Mixer { get; }

        [Linear(16, 32), Quantize(Bits = 4, Activations = true, ActivationScheme = Scheme.DoReFa)] public partial Layer Up { get; }

        [Linear(32, 16), LowRank(2)] public partial Layer Down { get; }

        public override Tensor forward(Tensor x)
        {
            var mixed = x + Mixer.forward(Norm.forward(x));
            return mixed + Down.forward(gelu(Up.forward(mixed)));
        }
    }

    [LayerModel]
    internal sealed partial class Rows : nn.Module<Tensor, Tensor>
    {
        [Linear(64, 48), Compander] public partial Layer Hidden { get; }

        [Linear(48, 48), Quantize(Bits = 4, Scheme = Scheme.Log2)] public partial Layer Middle { get; }

        [Linear(48, 5), SparseIso(0.75)] public partial Layer Head { get; }

        public override Tensor forward(Tensor x) => Head.forward(relu(Middle.forward(relu(Hidden.forward(x)))));
    }
}
