using LayerDsl.Bench.Harness;
using LayerDsl.Bench.Peers;
using static TorchSharp.torch;

namespace LayerDsl.Bench.Rows;

/// <summary>Training steps, forward and backward, against TorchSharp's tape and against a plain linear layer.</summary>
internal static class TrainingRows
{
    private const int Batch = 128;
    private const string PeakRow = "peak memory of a training step beyond a plain one, compander and 4 bits, 4096×1024, batch 128";
    private const long WeightBytes = 4096L * 1024 * sizeof(float);

    public static IEnumerable<BenchRow> All(bool smoke) =>
    [
        new(PeakRow, _ => Memory()), // First, before there are freed blocks.
        BenchRow.Timed("training step, compander and 4 bits, 4096×1024, batch 128", Companded),
        BenchRow.Timed("weight map forward, compander and 4 bits, 4096×1024", Map),
        BenchRow.Timed("training step, low rank 8, 1024×1024, batch 256", Adapted),
    ];

    private static Race Companded()
    {
        var (own, eager, plain, x) = (new CompandedLayer(), new EagerCompanded(), nn.Linear(1024, 4096), randn(Batch, 1024, requires_grad: true));
        var probe = new GemmProbe();
        return new Race { Own = new("LayerDsl", () => Step(own, x)) }
            .Against("TorchSharp eager", () => Step(eager, x), goal: 2.5)
            .Against("plain Linear", () => Step(plain, x), goal: 1 / 1.6)
            .Against("GEMM probe", probe.Run, work: GemmProbe.WorkOf(3.0 * Batch * 1024 * 4096))
            .Owning(own, eager, plain, x, probe);
    }

    private static Race Adapted()
    {
        var (own, eager, plain, x) = (new AdaptedLayer(), new EagerAdapted(), nn.Linear(1024, 1024), randn(256, 1024, requires_grad: true));
        return new Race { Own = new("LayerDsl", () => Step(own, x)) }
            .Against("plain Linear", () => Step(plain, x), goal: 1 / 1.1)
            .Against("TorchSharp eager", () => Step(eager, x))
            .Owning(own, eager, plain, x);
    }

    /// <summary>What a forward pass does before its product, of both without a tape.</summary>
    private static Race Map()
    {
        var (own, eager) = (new CompandedLayer(), new EagerCompanded());
        var probe = Bandwidth.OfCopy(WeightBytes);
        Tensor?[] inputs = [null, .. own.parameters()];
        return new Race { Own = new("LayerDsl", () => WithoutTape(() => WeightMap.RoundedOf(null, inputs!))) }
            .Against("TorchSharp eager", () => WithoutTape(eager.Weight), goal: 6)
            .Against("copy of the weight", probe.Copy, goal: 0.6)
            .Owning(own, eager);
    }

    private static IEnumerable<RowResult> Memory()
    {
        using var blocks = PeakMemory.WithoutKeptBlocks();
        using var own = new CompandedLayer();
        using var plain = nn.Linear(1024, 4096);
        using var x = randn(Batch, 1024, requires_grad: true);
        var extra = PeakMemory.Of(() => Step(own, x)) - PeakMemory.Of(() => Step(plain, x));
        yield return RowResult.Figure(PeakRow, "one copy of the weight", "MB", Math.Max(extra, 1) / 1e6, WeightBytes / 1e6, goal: 1);
    }

    internal static void Step(nn.Module<Tensor, Tensor> module, Tensor x)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in module.parameters())
        {
            parameter.grad = null;
        }

        x.grad = null;
        module.forward(x).square().mean().backward();
    }

    private static void WithoutTape(Func<Tensor> weight)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _ = weight();
    }

    internal static void Infer(nn.Module<Tensor, Tensor> module, Tensor x)
    {
        using var noGradient = no_grad();
        module.forward(x).Dispose();
    }
}
