using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>An embedding after <c>FoldTorch()</c>: a plain table, with the parameter name of TorchSharp's Embedding.</summary>
public sealed class PlainEmbedding : Layer
{
#pragma warning disable IDE0044 // .to(dtype or device) replaces the fields that carry parameters.
    [ComponentName(Name = "weight")]
    private Parameter weight;
#pragma warning restore IDE0044

    /// <summary>Wraps a table, which becomes the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="weight">(count, dim).</param>
    public PlainEmbedding(string name, Tensor weight)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(weight);
        this.weight = new Parameter(weight);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LayerCertificate GetCertificate()
    {
        var parameters = weight.numel();
        const string Form = "y[b,e] = W[x[b],e]";
        return new LayerCertificate(
            GetName(), Form, string.Empty, Form, Form, "proved for every size: both forms are the same", [], [],
            parameters, parameters, 0, 0, parameters * sizeof(float), parameters * sizeof(float), 0);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckIndices(input, checked((int)weight.shape[0]));
        using var indices = input.reshape(-1);
        using var y = weight.index_select(0, indices);
        return y.reshape([.. input.shape, weight.shape[1]]);
    }

    /// <inheritdoc/>
    public override FoldedEmbedding Fold() => FoldEmbedding(weight);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => MakeEmbedding(weight, paddingIndex: null);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainEmbedding(weight);

    /// <inheritdoc/>
    public override void LoadWeight(Tensor weight, Tensor? bias = null)
    {
        CheckWeight(weight, bias, this.weight.shape, hasBias: false);
        using var noGradient = no_grad();
        this.weight.copy_(weight);
    }

    /// <inheritdoc/>
    public override Tensor RoundingBound(Tensor magnitude, Tensor inputError)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        return zeros([.. magnitude.shape, weight.shape[1]], ScalarType.Float64, magnitude.device);
    }
}
