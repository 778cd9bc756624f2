using System.Reflection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Generator;

/// <summary>Trains a model of every pair for two steps, folds it and compares both forms.</summary>
internal static class CompositionTraining
{
    private const int Steps = 2;

    /// <summary>What went wrong, by pair.</summary>
    public static IEnumerable<string> Run(Assembly assembly, IEnumerable<Pair> pairs, PairedKind kind)
    {
        foreach (var pair in pairs)
        {
            var type = assembly.GetType(pair.Model, throwOnError: true)!;
            var failure = Record.Exception(() => TrainAndFold(type, pair, kind));
            if (failure is not null)
            {
                yield return $"{kind.Attribute}, {pair.First.Attribute}, {pair.Second.Attribute}: {failure.GetType().Name}: {failure.Message.Split('\n')[0]}";
            }
        }
    }

    private static void TrainAndFold(Type type, Pair pair, PairedKind kind)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(pair.Number);
        using var model = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;
        var before = Snapshot(model);
        using var optimizer = optim.SGD(model.parameters().Where(parameter => parameter.requires_grad), learningRate: 0.05);
        if (HasInputGrid(model))
        {
            model.Calibrate([randn(kind.Sample)]);
        }

        for (var step = 0; step < Steps; step++)
        {
            optimizer.zero_grad();
            model.forward(randn(kind.Sample)).square().mean().backward();
            Assert.All(model.named_parameters().Where(named => named.parameter.requires_grad), RequireGradient);
            optimizer.step();
        }

        Assert.Contains(model.named_parameters(), named => !before[named.name].allclose(named.parameter, rtol: 0, atol: 0));

        // Throws where a difference is above the bound that was derived for it.
        var report = (FoldReport)type.GetMethod("VerifyFold")!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, [randn(kind.Sample)], null)!;
        Assert.NotEmpty(report.Rows);
        CompareInputGradients(model, randn(kind.Sample));
    }

    /// <summary>The backward pass against TorchSharp's tape through the folded model. Rounded inputs have a gradient by declaration only: none on the tape.</summary>
    private static void CompareInputGradients(nn.Module<Tensor, Tensor> model, Tensor x)
    {
        if (model.modules().OfType<Layer>().Any(layer => layer.GetActivationParameters() is not null))
        {
            return;
        }

        model.eval();
        var (own, reference) = (x.clone().requires_grad_(), x.clone().requires_grad_());
        using var folded = (nn.Module<Tensor, Tensor>)model.GetType().GetMethod("FoldTorch")!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, null, null)!;
        var y = model.forward(own);
        var gradient = randn_like(y);
        y.backward([gradient]);
        folded.forward(reference).backward([gradient]);
        var scale = reference.grad!.abs().max().item<float>();

        // The two weights differ by roundings: a thousand of them at the largest gradient is far below any wrong term. Near zero what
        // cancels in a softmax leaves an absolute error, of terms of order 1.
        Assert.True(allclose(reference.grad!, own.grad!, rtol: 1e-4, atol: Math.Max(1e-4 * scale, 1e-7)), $"the input's gradient differs by {(reference.grad! - own.grad!).abs().max().item<float>()} of {scale}");
    }

    private static void RequireGradient((string name, Parameter parameter) named) =>
        Assert.True(named.parameter.grad is { } gradient && gradient.isfinite().all().item<bool>(), "no finite gradient of " + named.name);

    private static Dictionary<string, Tensor> Snapshot(nn.Module model) => model.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().clone());

    private static bool HasInputGrid(nn.Module model) => model.modules().OfType<Layer>().Any(layer => layer.GetActivationParameters() is { CanBeCalibrated: true });
}
