using static TorchSharp.torch;

namespace LayerDsl.Verification;

/// <summary>Compares a training model with its folded form on a sample. Generated code tells it the steps of <c>forward</c>.</summary>
public sealed class FoldVerification
{
    private const long RowsAtOnce = 256;

    /// <summary>The smallest normal float32.</summary>
    private const double Underflow = 1.1754944e-38;

    private readonly Dictionary<(bool IsModel, string Name), FoldReportRow> rows = [];
    private readonly FoldedModel folded;
    private readonly Tensor sample;

    private FoldVerification(FoldedModel folded, Tensor sample)
    {
        this.folded = folded;
        this.sample = sample;
    }

    /// <summary>Runs both forms on the sample, layer by layer and as a whole.</summary>
    /// <param name="model">The training model.</param>
    /// <param name="folded">Its folded form.</param>
    /// <param name="sample">Inputs of the model, (n, …).</param>
    /// <param name="steps">The body of <c>forward</c> on values with bounds.</param>
    /// <exception cref="LayerShapeException">The sample is empty, or one of its rows has another size than the model's input.</exception>
    /// <exception cref="LayerTypeException">The sample is neither float32 nor float64 nor indices as int64.</exception>
    /// <exception cref="ArgumentException">The sample holds NaN or infinite values.</exception>
    /// <exception cref="FoldMismatchException">A difference is larger than rounding explains.</exception>
    public static FoldReport Run(
        nn.Module<Tensor, Tensor> model, FoldedModel folded, Tensor sample, Func<FoldVerification, BoundedTensor, BoundedTensor> steps)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(folded);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(steps);
        if (sample.dim() < 2 || sample.shape[0] == 0 || sample.numel() / sample.shape[0] != folded.InputSize)
        {
            throw new LayerShapeException(folded.ModelName, "sample", $"(n, {folded.InputSize}), n at least 1", $"({string.Join(", ", sample.shape)})");
        }

        RequireComparable(folded.ModelName, sample);
        using var noGradient = no_grad();
        var verification = new FoldVerification(folded, sample);

        // Folds stand for eval mode: training may round at random, and a normalization would take the sample for a batch and follow it.
        using var mode = new EvalMode(model);
        for (long first = 0; first < sample.shape[0]; first += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            verification.Compare(model, sample.narrow(0, first, Math.Min(RowsAtOnce, sample.shape[0] - first)), steps);
        }

        return new FoldReport(folded.ModelName, [.. verification.rows.Values]);
    }

    /// <summary>Runs both forms of a layer on the same input, and passes the folded one's output on.</summary>
    /// <param name="layer">The training form.</param>
    /// <param name="form">The folded form.</param>
    /// <param name="x">The input.</param>
    public BoundedTensor Layer(Layer layer, FoldedLayer form, BoundedTensor x)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(form);
        // The training form runs in the model's own type and on its own device; everything is compared on the CPU.
        var input = InputOf(layer, form, x);
        var exact = input.to_type(ScalarType.Float64);
        var training = layer.forward(input);
        var value = FoldedForms.Run(form, x.Value);
        Record((false, form.Name), form.ByteCount, training, value, layer.RoundingBoundAt(exact, zeros_like(exact)));
        return new BoundedTensor(value, layer.RoundingBoundAt(exact, x.Error.to(sample.device)).cpu());
    }

    /// <summary>Runs both forms of two layers that are merged in the folded model on the same input, and passes the folded output on.</summary>
    /// <param name="first">The training form of the layer that is called first.</param>
    /// <param name="second">The training form of the layer that reads its output.</param>
    /// <param name="x">The input.</param>
    /// <param name="forms">The folded forms in turn: one, where nothing of the second layer remains.</param>
    public BoundedTensor Pair(Layer first, Layer second, BoundedTensor x, params IReadOnlyList<FoldedLayer> forms)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(forms);
        var input = InputOf(first, forms[0], x);
        var middle = first.forward(input);
        var training = second.forward(middle);
        var value = forms.Aggregate(x.Value, (values, form) => FoldedForms.Run(form, values));
        var name = first.GetName() + " + " + second.GetName();
        Record((false, name), forms.Sum(form => form.ByteCount), training, value, Bound(zeros_like(input, ScalarType.Float64)));
        return new BoundedTensor(value, Bound(x.Error.to(sample.device)).cpu());

        // A merged weight is rounded as well: the roundings of the first layer count twice, and so do the terms of a second
        // layer whose weight is merged. Its terms are the parts of the value between the two: |x̂·weight| ≤ |middle| + |bias|.
        Tensor Bound(Tensor error)
        {
            var exact = input.to_type(ScalarType.Float64);
            var rounding = first.RoundingBoundAt(exact, zeros_like(exact));
            var between = middle.to_type(ScalarType.Float64);
            var terms = forms.Count == 1 ? between : (between.abs() + (BiasOf(first) * 2)) * 2;
            return second.RoundingBoundAt(terms, first.RoundingBoundAt(exact, error) + rounding);
        }
    }

    /// <summary>A sample of indices tells nothing of the type between the layers: their parameters do.</summary>
    private Tensor InputOf(Layer layer, FoldedLayer form, BoundedTensor x)
    {
        var type = form is FoldedEmbedding ? ScalarType.Int64 : sample.is_floating_point() ? sample.dtype : layer.parameters().First().dtype;
        return x.Value.to(type, sample.device);
    }

    private static Tensor BiasOf(Layer layer) =>
        layer.named_parameters().FirstOrDefault(pair => pair.name == "bias").parameter is { } bias ? bias.to_type(ScalarType.Float64).abs() : zeros(1, ScalarType.Float64);

    /// <summary>The bound is of float32 arithmetic on finite values: nothing can be said of coarser types, NaN and infinity.</summary>
    private static void RequireComparable(string model, Tensor sample)
    {
        if (sample.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Int64))
        {
            throw new LayerTypeException(model, "Float32, Float64, or Int64 for indices", sample.dtype.ToString());
        }

        using var scope = NewDisposeScope();
        if (!sample.isfinite().all().item<bool>())
        {
            throw new ArgumentException($"'{model}': the sample holds NaN or infinite values, for which the two forms cannot be compared; leave them out.", nameof(sample));
        }
    }

    private void Compare(nn.Module<Tensor, Tensor> model, Tensor rows, Func<FoldVerification, BoundedTensor, BoundedTensor> steps)
    {
        var input = rows.to_type(ScalarType.Float32).cpu();
        var end = steps(this, new BoundedTensor(input, zeros(input.shape, ScalarType.Float64)));
        var y = new float[rows.shape[0] * folded.OutputSize];
        folded.Forward(input.contiguous().data<float>().ToArray(), y, (int)rows.shape[0]);
        Record((true, "output"), folded.ByteCount, model.forward(rows).reshape(end.Value.shape), tensor(y, end.Value.shape), end.Error);
    }

    private void Record((bool IsModel, string Name) key, long bytes, Tensor training, Tensor value, Tensor bound)
    {
        var error = (training.to_type(ScalarType.Float64).cpu() - value.to_type(ScalarType.Float64)).abs();

        // Below the normal range results lose digits or become zero, which the relative bound does not count.
        bound = bound.cpu() + (Underflow * (1 + folded.InputSize));

        // An exact agreement is within any bound; NaN is within none.
        var ratio = where(error.eq(0), zeros_like(error), error / bound.cpu()).reshape(-1);
        var worst = ratio.isnan().any().item<bool>() ? ratio.isnan().to_type(ScalarType.Int32).argmax().item<long>() : ratio.argmax().item<long>();
        var largest = error.max().item<double>();
        var (at, limit) = (ratio[worst].item<double>(), bound.cpu().reshape(-1)[worst].item<double>());
        if (!(at <= 1))
        {
            throw new FoldMismatchException(key.IsModel ? folded.ModelName : key.Name, error.reshape(-1)[worst].item<double>(), limit);
        }

        if (!rows.TryGetValue(key, out var row) || at >= row.LargestRatio)
        {
            rows.Remove(key);
            rows[key] = new FoldReportRow(key.Name, Math.Max(largest, row?.LargestError ?? 0), limit, at) { FoldedBytes = bytes };
        }
        else
        {
            rows[key] = row with { LargestError = Math.Max(largest, row.LargestError) };
        }
    }
}
