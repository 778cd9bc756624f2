using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;

namespace LayerDsl.Generator.Scheduling;

/// <summary>The passes of a layer as a device trains it.</summary>
/// <param name="Forward">The launches of the forward pass.</param>
/// <param name="Backward">The launches of the gradients of parameters.</param>
/// <param name="InputGradient">The launches of the gradient of the input.</param>
/// <param name="Updates">The launches that make the buffers of users' methods follow the weight, before each forward pass.</param>
/// <param name="Gradients">Each trained tensor and the value that is its gradient.</param>
/// <param name="GradX">The gradient of the input; null where that is indices.</param>
/// <param name="Kept">Values that the backward pass reads from the forward pass.</param>
internal sealed record DeviceTraining(
    EquatableArray<DeviceStep> Forward,
    EquatableArray<DeviceStep> Backward,
    EquatableArray<DeviceStep> InputGradient,
    EquatableArray<DeviceStep> Updates,
    EquatableArray<TensorGradient> Gradients,
    Value? GradX,
    EquatableArray<Value> Kept)
{
    /// <summary>The weight that stored factors are multiplied to.</summary>
    public const string Factored = "weight";

    /// <summary>The buffers and the values that they take, in the order of the layer's updates.</summary>
    public EquatableArray<Value> NewBuffers { get; init; } = [];

    /// <summary>The launches that make the weight that binary planes are fitted to.</summary>
    public EquatableArray<DeviceStep> Fit { get; init; } = [];

    /// <summary>That weight.</summary>
    public Value? Fitted { get; init; }

    /// <summary>The passes that round the input, where it is rounded.</summary>
    public DeviceInput? Input { get; init; }

    /// <summary>The passes of a weight that is a product of stored factors.</summary>
    public DeviceFactors? Factors { get; init; }

    /// <summary>The running statistics and the values that they take after the forward pass.</summary>
    public EquatableArray<TensorGradient> NewStatistics { get; init; } = [];

    /// <summary>Whether there are kernels for the training of a kind of layer.</summary>
    public static bool Knows(LayerShape shape) => shape is LinearShape or Conv2dShape or RowNormShape or BatchNormShape or EmbeddingShape;

    /// <summary>The forms with the sizes of images as numbers, which kernels are made for.</summary>
    /// <param name="forms">The layer.</param>
    /// <param name="input">What it takes of one sample.</param>
    /// <param name="output">What it makes of it.</param>
    public static LayerForms At(LayerForms forms, EquatableArray<int> input, EquatableArray<int> output) => input.Count != 3 || output.Count != 3 ? forms : forms with
    {
        Sizes = [.. forms.Sizes, new("height", input[1]), new("width", input[2]), new("rows", output[1]), new("columns", output[2])],
    };

    /// <summary>The tensors that are stored: of a weight that is a product, its factors.</summary>
    public static IEnumerable<StoredTensor> Stored(LayerForms forms) =>
        [.. forms.Factors?.Stored ?? [], .. forms.Stored.Where(stored => !IsProduct(forms, stored.Tensor)), .. forms.Activation?.Rounded.Stored ?? []];

    /// <summary>Whether a tensor is the product of stored factors.</summary>
    public static bool IsProduct(LayerForms forms, Tensor tensor) => forms.Factors is not null && tensor.Name == Factored;

    /// <summary>The passes, or why a device has none.</summary>
    public static (DeviceTraining? Passes, string? Refusal) Of(LayerForms forms, LayerPrograms programs)
    {
        if (!Knows(forms.Shape))
        {
            return (null, $"a {forms.Shape.Kind} has no kernels for training");
        }

        if (forms.IsSymbolic)
        {
            return (null, "its sizes come with the constructor");
        }

        return Schedule(forms, programs);
    }

    private static (DeviceTraining? Passes, string? Refusal) Schedule(LayerForms forms, LayerPrograms programs)
    {
        var (forward, backward, kept) = PassesOf(forms, programs);
        var backwardOf = programs.Batch?.BackwardOf ?? programs.BackwardOf;
        var hasInputGradient = forms.Input.Entries is null;
        var split = !hasInputGradient ? backward.Statements.Count : backward.Ends.Count > 1 ? backward.Ends[backward.Ends.Count - 2] : 0;
        var gradients = backwardOf.Select((tensor, k) => new TensorGradient(tensor, Whole(tensor, backward.Results[k]))).Where(pair => pair.Tensor.Role == TensorRole.Trainable).ToEquatableArray();
        var repeated = gradients.Where(gradient => gradient.Value.Axes != ResultOf(gradient.Tensor).Axes)
            .Select(gradient => (Statement)new Statement.Compute(gradient.Value, new Pointwise.Read(ResultOf(gradient.Tensor))));
        var steps = new DeviceSteps(forms);
        var training = new DeviceTraining(
            steps.Of(forward.Statements).ToEquatableArray(),
            steps.Of(backward.Statements.Take(split).Concat(repeated).ToArray()).ToEquatableArray(),
            steps.Of(backward.Statements.Skip(split).ToArray()).ToEquatableArray(),
            forms.Norm is null && programs.Updates is { } updates ? steps.Of(updates.Statements).ToEquatableArray() : [],
            gradients.Where(gradient => !IsProduct(forms, gradient.Tensor)).ToEquatableArray(),
            hasInputGradient ? backward.Results[backward.Results.Count - 1] : null,
            kept)
        {
            NewBuffers = forms.Norm is null ? programs.Updates?.Results ?? [] : [],
            NewStatistics = forms.Norm is null ? [] : forms.Norm.Updates.Select((update, k) => new TensorGradient(update.Tensor, forward.Results[k + 1])).ToEquatableArray(),
            Fit = programs.Fit is { } fit ? steps.Of(fit.Statements).ToEquatableArray() : [],
            Fitted = programs.Fit?.Results[0],
            Input = programs.Input is { } input ? DeviceInput.Of(input, steps) : null,
            Factors = programs.Factors is { } factors ? DeviceFactors.Of(forms.Factors!, factors, gradients.Single(gradient => IsProduct(forms, gradient.Tensor)).Value, steps) : null,
        };
        return steps.Refusal is { } refusal ? (null, refusal) : (training, null);

        Value ResultOf(Tensor tensor) => backward.Results[backwardOf.AsImmutableArray().IndexOf(tensor)];
    }

    /// <summary>The passes, and the values that stay from the first to the second: rows of a normalization are loops as rows of a weight are.</summary>
    private static (Program Forward, Program Backward, EquatableArray<Value> Kept) PassesOf(LayerForms forms, LayerPrograms programs) =>
        programs.Batch?.Device is { } batch ? (batch.Forward, batch.Backward, batch.Kept)
        : forms.Norm is not null ? (
            Fusion.Apply(programs.Forward, forms.OutputAxes, lastApart: false) ?? programs.Forward,
            Fusion.Apply(programs.Backward, forms.OutputAxes, lastApart: true) ?? programs.Backward,
            [])
        : (programs.DeviceLoops ?? programs.Loops) is { } loops ? (loops.Forward, loops.Backward, loops.Products.Concat(loops.Weights).ToEquatableArray())
        : (programs.Forward, programs.Backward, []);

    /// <summary>A gradient that is the same along an axis is spread over all of its tensor.</summary>
    private static Value Whole(Tensor tensor, Value value) => value.Axes == tensor.Axes ? value : new Value(value.Name + "OfAll", tensor.Axes);
}

/// <summary>The passes that round the input of a layer.</summary>
/// <param name="Forward">The launches that round it.</param>
/// <param name="Rounded">The rounded input.</param>
/// <param name="Backward">The launches of the gradients of what the grid learns.</param>
/// <param name="InputGradient">The launches of the gradient of the input before.</param>
/// <param name="Gradients">Each learned tensor and the value that is its gradient.</param>
/// <param name="GradX">The gradient of the input.</param>
internal sealed record DeviceInput(
    EquatableArray<DeviceStep> Forward, Value Rounded, EquatableArray<DeviceStep> Backward, EquatableArray<DeviceStep> InputGradient, EquatableArray<TensorGradient> Gradients, Value GradX)
{
    public static DeviceInput Of(InputPrograms programs, DeviceSteps steps)
    {
        var backward = programs.Backward;
        var last = backward.Results.Count - 1;
        var split = last > 0 ? backward.Ends[last - 1] : 0;
        return new DeviceInput(
            steps.Of(programs.Forward.Statements).ToEquatableArray(),
            programs.Forward.Results[0],
            steps.Of(backward.Statements.Take(split).ToArray()).ToEquatableArray(),
            steps.Of(backward.Statements.Skip(split).ToArray()).ToEquatableArray(),
            backward.Results.Take(last).Select((value, k) => new TensorGradient(programs.BackwardOf[k], value)).ToEquatableArray(),
            backward.Results[last]);
    }
}

/// <summary>The passes of a weight that is a product of stored factors.</summary>
/// <param name="Forward">The launches that make it, before each forward pass.</param>
/// <param name="Product">The weight.</param>
/// <param name="Backward">The launches of the gradients of the factors.</param>
/// <param name="GradProduct">The gradient of the weight.</param>
/// <param name="Gradients">Each factor and the value that is its gradient.</param>
internal sealed record DeviceFactors(EquatableArray<DeviceStep> Forward, Value Product, EquatableArray<DeviceStep> Backward, Value GradProduct, EquatableArray<TensorGradient> Gradients)
{
    public static DeviceFactors Of(HeadFactors factors, FactorPrograms programs, Value gradient, DeviceSteps steps) => new(
        steps.Of(programs.Forward.Statements).ToEquatableArray(),
        programs.Forward.Results[0],
        steps.Of(programs.Backward.Statements).ToEquatableArray(),
        gradient,
        factors.Stored.Select((stored, k) => new TensorGradient(stored.Tensor, programs.Backward.Results[k])).ToEquatableArray());
}

/// <summary>A trained tensor and the value that is its gradient.</summary>
internal sealed record TensorGradient(Tensor Tensor, Value Value);
