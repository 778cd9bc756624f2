using static TorchSharp.torch;

namespace LayerDsl.Verification;

/// <summary>Puts a model into eval mode until disposed, then every one of its modules into the mode it was in.</summary>
internal sealed class EvalMode : IDisposable
{
    private readonly (nn.Module Module, bool IsTraining)[] modes;

    public EvalMode(nn.Module model)
    {
        modes = [.. model.modules().Prepend(model).Select(module => (module, module.training))];
        model.eval();
    }

    /// <summary>A module passes its mode on to those inside it, which come after it and are set again.</summary>
    public void Dispose()
    {
        foreach (var (module, isTraining) in modes)
        {
            module.train(isTraining);
        }
    }
}
