using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Generator.Scheduling;

/// <summary>The scheduled passes of a layer.</summary>
/// <param name="Forward">Input and stored tensors → output.</param>
/// <param name="Backward">Input, stored tensors and the output's gradient → their gradients, the input's last.</param>
/// <param name="BackwardOf">The tensors whose gradients <see cref="Backward"/> returns, in its order.</param>
/// <param name="Fold">Stored tensors → the folded weight.</param>
/// <param name="Bound">Stored tensors, |x| and the input's error → the bound on the output's error.</param>
/// <param name="RoundingFactor">The factor of the bound.</param>
internal sealed record LayerPrograms(
    Program Forward, Program Backward, EquatableArray<Tensor> BackwardOf, Program Fold, Program Bound, Size RoundingFactor)
{
    /// <summary>Half the distance from 1 to the next float32.</summary>
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Stored tensors → codes, scales and zero points, where the weight folds to them.</summary>
    public Program? Codes { get; init; }

    /// <summary>Stored tensors → the weight that binary planes are fitted to, where they are.</summary>
    public Program? Fit { get; init; }

    /// <summary>The passes that round the input, where it is rounded.</summary>
    public InputPrograms? Input { get; init; }

    /// <summary>The passes in training mode, where that has a form of its own.</summary>
    public BatchPrograms? Batch { get; init; }

    /// <summary>The passes with the terms of low rank merged into the weight first, where they are taken from a number of rows on.</summary>
    public MergedPrograms? Merged { get; init; }

    /// <summary>What the terms of low rank cost as branches and merged, where there are any.</summary>
    public BranchChoice? Branch { get; init; }

    /// <summary>Input and running statistics → the statistics after the batch, where there are any.</summary>
    public Program? Updates { get; init; }

    /// <summary>The passes that make the weight from its factors, where it is a product.</summary>
    public FactorPrograms? Factors { get; init; }

    /// <summary>The passes with the weight's maps as loops over memory, where it has any.</summary>
    public LoopPrograms? Loops { get; init; }

    /// <summary>These passes with kernels of a device in place of loops, where there are functions that only they compute.</summary>
    public LoopPrograms? DeviceLoops { get; init; }

    public static LayerPrograms Of(LayerForms forms, IReadOnlyList<Gradient> gradients, IReadOnlyList<Gradient> inputGradients, IReadOnlyList<Gradient> batchGradients, IReadOnlyList<Gradient> mergedGradients)
    {
        var order = forms.Order;
        var (magnitude, factor) = BoundOf(forms);
        var forward = Accumulation.Apply(Scheduler.Schedule(order, [("y", forms.Pass, forms.OutputAxes)], "inputs"));
        var backward = Accumulation.Apply(Scheduler.Schedule(order, gradients.Select(pair => (ReverseMode.NameOf(pair.Tensor.Name), pair.Value, AxesOf(pair))).ToArray(), "inputs", "gradY"));
        var loops = LoopPrograms.Of(forms, gradients);
        return new LayerPrograms(
            forward,
            backward,
            gradients.Select(pair => pair.Tensor).ToEquatableArray(),
            Scheduler.Schedule(order, forms.Claim.Folds.Select(fold => (forms.Claim.Folds.Count == 1 ? "folded" : fold.Folded.Name, fold.Value, fold.Folded.Axes)).ToArray()),
            Scheduler.Schedule(order, [("bound", magnitude, forms.OutputAxes)], "magnitude", "inputError"),
            factor)
        {
            Codes = forms.Packed is null ? null : Scheduler.Schedule(
                order, forms.Packed.Claim.Folds.Select(fold => (fold.Folded.Name, fold.Value, fold.Folded.Axes)).ToArray(), "bias", "format"),
            Fit = forms.Fit is null ? null : Scheduler.Schedule(order, [("latent", forms.Fit.Source, forms.Weight.Axes)], "signs", "alphas"),
            Factors = forms.Factors is null ? null : FactorPrograms.Of(forms.Factors),
            Input = forms.Activation is { Rounded: { } rounded } ? InputPrograms.Of(rounded, inputGradients) : null,
            Batch = forms.Norm?.Batch is { } batch ? BatchPrograms.Of(forms, batch, batchGradients) : null,
            Merged = forms.Merged is { } merged ? MergedPrograms.Of(forms, merged, mergedGradients) : null,
            Branch = BranchChoice.Of(forms, loops),
            Loops = loops,
            DeviceLoops = LoopPrograms.ForDevice(forms, gradients, [forward, backward]),
            Updates = (forms.Norm?.Updates ?? forms.Updates) is { Count: > 0 } updates ? Scheduler.Schedule(order, updates.Select(update => ("new_" + update.Tensor.Name, update.Value, update.Tensor.Axes)).ToArray()) : null,
        };
    }

    /// <summary>The tensor that stands for the gradient of the rounded input.</summary>
    public static Tensor InputGradient(LayerForms forms) => new("grad_y", TensorRole.OutputGradient, forms.Input.Axes);

    /// <summary>The tensors to differentiate the rounded input for: what is trained, and the input last.</summary>
    public static IReadOnlyList<Tensor> Differentiable(RoundedInput rounded) =>
        [.. rounded.Stored.Select(stored => stored.Tensor).Where(tensor => tensor.Role == TensorRole.Trainable), rounded.Input];

    /// <summary>The tensor that stands for the gradient of the output.</summary>
    public static Tensor OutputGradient(LayerForms forms) => new("grad_y", TensorRole.OutputGradient, forms.OutputAxes);

    /// <summary>A gradient may be the same along an axis, as that of a mask for all branches: it is computed once.</summary>
    internal static EquatableArray<Index> AxesOf(Gradient gradient) => gradient.Tensor.Axes.Where(gradient.Value.FreeIndices.Contains).ToEquatableArray();

    /// <summary>The tensors to differentiate for: what is trained, and the input last, whose gradient is not always wanted.</summary>
    public static IReadOnlyList<Tensor> Differentiable(LayerForms forms) =>
        [.. forms.Stored.Select(stored => stored.Tensor).Where(tensor => tensor.Role == TensorRole.Trainable), .. forms.Input.Entries is null ? [forms.Input] : (Tensor[])[]];

    /// <summary>
    /// Both forms round: factor · u · Σ|terms|, with the factors of both added. What the input carries already passes through
    /// the magnitudes of the weight: Σ_i error[b,i] · |W|[o,i].
    /// </summary>
    private static (Expr Bound, Size Factor) BoundOf(LayerForms forms)
    {
        var training = RoundingBound.Of(forms.Training, forms.Resolve, forms.Rounded).Factor;
        var inference = RoundingBound.Of(forms.Claim.InferenceOverStored(), forms.Resolve, forms.Rounded);
        var merged = forms.Merged is null ? training : RoundingBound.Of(forms.Merged, forms.Resolve, forms.Rounded).Factor;
        var factor = RoundingBound.Larger(training, merged) + inference.Factor;
        var absolute = new Tensor("magnitude", TensorRole.Input, forms.Input.Axes);
        var carried = new Tensor("input_error", TensorRole.Input, forms.Input.Axes);
        var terms = ReplaceInput(inference.Magnitude, forms.Input, absolute);
        var passed = OnlyWith(carried, ReplaceInput(inference.Magnitude, forms.Input, carried));
        return (Operators.Name("carried", passed) + (Relative(factor) * Operators.Name("terms", terms)), factor);
    }

    private static Expr Relative(Size factor) => factor.Constant is { } number ? Operators.Number(number * UnitRoundoff) : Operators.Number(UnitRoundoff) * new SizeValue(factor);

    private static Expr ReplaceInput(Expr expr, Tensor input, Tensor by) => expr.Rewrite(node => node switch
    {
        Map { Function: Function.Abs } abs when abs.Arguments[0] is Access access && access.Tensor == input => new Access(by, access.At),
        _ => node,
    });

    /// <summary>Without the terms that the tensor does not occur in: a bias carries no error over.</summary>
    private static Expr OnlyWith(Tensor tensor, Expr expr) => expr.Rewrite(node => node is Map { Function: Function.Add } sum
        ? (Reads(sum.Arguments[0], tensor), Reads(sum.Arguments[1], tensor)) switch
        {
            (true, false) => sum.Arguments[0],
            (false, true) => sum.Arguments[1],
            _ => node,
        }
        : node);

    private static bool Reads(Expr expr, Tensor tensor) => expr switch
    {
        Access access => access.Tensor == tensor,
        Map map => map.Arguments.Any(argument => Reads(argument, tensor)),
        Reduce reduce => Reads(reduce.Body, tensor),
        Named named => Reads(named.Body, tensor),
        Surrogate surrogate => Reads(surrogate.Value, tensor),
        MatrixInverse inverse => Reads(inverse.Body, tensor),
        _ => false,
    };
}

/// <summary>The passes of a layer in training mode.</summary>
/// <param name="Forward">Input and trained tensors → output.</param>
/// <param name="Backward">These and the output's gradient → their gradients, the input's last.</param>
/// <param name="BackwardOf">The tensors whose gradients <see cref="Backward"/> returns, in its order.</param>
internal sealed record BatchPrograms(Program Forward, Program Backward, EquatableArray<Tensor> BackwardOf)
{
    /// <summary>The passes of a device, which keeps the statistics of the batch from the forward to the backward pass.</summary>
    public required KeptStatistics Device { get; init; }

    public static BatchPrograms Of(LayerForms forms, Expr form, IReadOnlyList<Gradient> gradients)
    {
        var outputs = gradients.Select(pair => (ReverseMode.NameOf(pair.Tensor.Name), pair.Value, pair.Tensor.Axes)).ToArray();
        return new(
            Scheduler.Schedule(forms.Order, [("y", form, forms.OutputAxes)], "inputs"),
            Scheduler.Schedule(forms.Order, outputs, "inputs", "gradY"),
            gradients.Select(pair => pair.Tensor).ToEquatableArray())
        {
            Device = KeptStatistics.Of(forms, form, outputs),
        };
    }
}

/// <summary>The passes in training mode with running statistics in the forward pass, and the statistics of the batch kept for the backward pass.</summary>
/// <param name="Forward">Input, trained tensors and running statistics → output, and the running statistics after the batch.</param>
/// <param name="Backward">These, the kept values and the output's gradient → their gradients, the input's last.</param>
/// <param name="Kept">The statistics that the backward pass reads.</param>
internal sealed record KeptStatistics(Program Forward, Program Backward, EquatableArray<Value> Kept)
{
    public static KeptStatistics Of(LayerForms forms, Expr form, IReadOnlyList<(string Name, Expr Expr, EquatableArray<Index> Axes)> outputs)
    {
        var updates = forms.Norm!.Updates.Select(update => ("new_" + update.Tensor.Name, update.Value, update.Tensor.Axes));
        var (forward, meaning) = Scheduler.Schedule(forms.Order, [("y", form, forms.OutputAxes), .. updates], [], "inputs", "gradY");
        var statistics = forward.Statements.Select(statement => statement.Result).Where(value => value.Axes.Count == 1).ToArray();
        var backward = Scheduler.Schedule(forms.Order, outputs, statistics.SelectMany(value => meaning[value.Name].Select(expr => (expr, value))).ToArray(), "inputs", "gradY").Program;
        var read = new HashSet<string>(backward.Statements.SelectMany(statement => statement.Reads()).Select(value => value.Name));
        return new KeptStatistics(forward, backward, statistics.Where(value => read.Contains(value.Name)).ToEquatableArray());
    }
}

/// <summary>The passes of a layer with its terms of low rank merged into the weight first.</summary>
/// <param name="Forward">Input and stored tensors → output.</param>
/// <param name="Backward">These and the output's gradient → their gradients, the input's last.</param>
/// <param name="BackwardOf">The tensors whose gradients <see cref="Backward"/> returns, in its order.</param>
internal sealed record MergedPrograms(Program Forward, Program Backward, EquatableArray<Tensor> BackwardOf)
{
    public static MergedPrograms Of(LayerForms forms, Expr form, IReadOnlyList<Gradient> gradients) => new(
        Accumulation.Apply(Scheduler.Schedule(forms.Order, [("y", form, forms.OutputAxes)], "inputs")),
        Accumulation.Apply(Scheduler.Schedule(forms.Order, gradients.Select(pair => (ReverseMode.NameOf(pair.Tensor.Name), pair.Value, pair.Tensor.Axes)).ToArray(), "inputs", "gradY")),
        gradients.Select(pair => pair.Tensor).ToEquatableArray());
}

/// <summary>The passes that round the input of a layer.</summary>
/// <param name="Forward">Input and the stored tensors of its grid → the rounded input.</param>
/// <param name="Backward">These and its gradient → their gradients, the input's last.</param>
/// <param name="BackwardOf">The tensors whose gradients <see cref="Backward"/> returns, in its order.</param>
internal sealed record InputPrograms(Program Forward, Program Backward, EquatableArray<Tensor> BackwardOf)
{
    public static InputPrograms Of(RoundedInput rounded, IReadOnlyList<Gradient> gradients) => new(
        Scheduler.Schedule(rounded.Input.Axes, [("rounded_input", rounded.Training, rounded.Input.Axes)], "inputs"),
        Scheduler.Schedule(rounded.Input.Axes, gradients.Select(pair => (ReverseMode.NameOf(pair.Tensor.Name), pair.Value, pair.Tensor.Axes)).ToArray(), "inputs", "gradY"),
        gradients.Select(pair => pair.Tensor).ToEquatableArray());
}
