using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>What generated models need to make a folded copy of themselves.</summary>
public static class ModelState
{
    /// <summary>Makes a model whose random initialization will be overwritten, and leaves the random state as it was.</summary>
    /// <typeparam name="TModel">The model's class.</typeparam>
    /// <param name="make">Makes the model.</param>
    public static TModel MakeAside<TModel>(Func<TModel> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        using var state = random.get_rng_state();
        try
        {
            return make();
        }
        finally
        {
            random.set_rng_state(state);
        }
    }

    /// <summary>Brings a fresh model to the dtype, device and state of another, except for the layers that are to be replaced.</summary>
    /// <typeparam name="TModel">The model's class.</typeparam>
    /// <param name="from">The model whose state is copied.</param>
    /// <param name="to">A new model of the same class.</param>
    /// <param name="layers">The names of the layers left out.</param>
    public static void CopyOthers<TModel>(TModel from, TModel to, IReadOnlyList<string> layers)
        where TModel : nn.Module
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        using var noGradient = no_grad();
        if (from.parameters().FirstOrDefault() is { } parameter)
        {
            to.to(parameter.device, parameter.dtype);
        }

        var others = from.state_dict()
            .Where(entry => !layers.Any(layer => entry.Key.StartsWith(layer + ".", StringComparison.Ordinal)))
            .ToDictionary(entry => entry.Key, entry => entry.Value);
        if (others.Count > 0)
        {
            to.load_state_dict(others, strict: false);
        }
    }

    /// <summary>Puts another layer in the place of a registered one, which is disposed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The name under which the layer is registered.</param>
    /// <param name="old">The layer there now.</param>
    /// <param name="replacement">The layer to put there.</param>
    /// <returns>The replacement.</returns>
    public static Layer Replace(nn.Module model, string name, Layer old, Layer replacement)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(old);
        model.register_module(name, null!);
        model.register_module(name, replacement);
        old.Dispose();
        return replacement;
    }
}
